import { describe, expect, it } from 'vitest';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url } = serviceUnderTest();

describe('the OpenAPI document', () => {
  it('says of every call what it answers, and leads every reference somewhere', async () => {
    const document = await (await fetch(`${url}/api/docs-json`)).text();
    const { paths, components } = JSON.parse(document);
    const silent: string[] = [];
    for (const [path, methods] of Object.entries<
      Record<string, { responses: Record<string, { content?: unknown }> }>
    >(paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        const done = Object.entries(responses).find(([status]) => status.startsWith('2'));
        if (!done?.[1].content && path.startsWith('/api/')) silent.push(`${method} ${path}`);
      }
    }
    expect(silent).toEqual([]);
    for (const [, name] of document.matchAll(/#\/components\/schemas\/(\w+)/g)) {
      expect(components.schemas).toHaveProperty(name!);
    }
  });
});

describe('beside the API', () => {
  it.each(['/api/nothing', '/api/healthz', '/api/v2/me'])('%s is a problem, not a page', async (path) => {
    const response = await fetch(`${url}${path}`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });
});
