import { beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '@app/contracts';
import { signIn } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';
import { call } from './campaign-scene.js';

const { url } = serviceUnderTest();
const V1 = '/api/v1';
/** Called without a token: for trying things out, outside production. */
const OPEN = new Set(['POST /dev/tokens']);
/** Looked at only once the signature is right. */
const SIGNED = new Set(['POST /tasks/{taskId}/completions']);
const NIL = '00000000-0000-0000-0000-000000000000';

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

interface Operation {
  name: string;
  method: string;
  /** With an id in each place that takes one. */
  path: string;
  /** Of a JSON body. */
  body?: Schema;
}

type Document = {
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>;
};

let walk: Operation[];
beforeAll(async () => {
  const { paths } = (await (await fetch(`${url}/api/docs-json`)).json()) as Document;
  walk = Object.entries(paths).flatMap(([path, methods]) => {
    if (!path.startsWith(V1)) return [];
    const own = path.slice(V1.length);
    return Object.entries(methods).map(([method, { requestBody }]) => {
      const body = requestBody?.content['application/json']?.schema;
      return {
        name: `${method.toUpperCase()} ${own}`,
        method: method.toUpperCase(),
        path: own.replaceAll(/\{\w+\}/g, NIL),
        ...(body ? { body } : {}),
      };
    });
  });
});

describe('every call of the api', () => {
  it('needs a token, and a good one', async () => {
    expect(walk.length).toBeGreaterThan(45);
    const wrong: string[] = [];
    for (const { name, method, path } of walk.filter((one) => !OPEN.has(one.name)))
      for (const authorization of [undefined, 'Bearer', 'Bearer a.b.c', 'Basic YTpi']) {
        const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
        const response = await fetch(`${url}${V1}${path}`, { method, headers });
        const { code } = (await response.json()) as Problem;
        if (response.status !== 401 || code !== 'unauthorized')
          wrong.push(`${name} with ${authorization}: ${response.status} ${code}`);
      }
    expect(wrong).toEqual([]);
  });

  it('refuses a body with anything that is not its own: a balance, a status, an owner', async () => {
    const { token } = await signIn(url);
    const wrong: string[] = [];
    const taking = walk.filter(({ name, body }) => body && !SIGNED.has(name));
    expect(taking.length).toBeGreaterThan(10);
    for (const { name, method, path, body } of taking) {
      for (const field of ['balance', 'status', 'state', 'spent', 'ownerId', 'available']) {
        if (hasProperty(body!, field)) continue;
        const answer = await call<Problem>(url, token, method, path, { [field]: 1 });
        if (answer.status !== 400 || answer.code !== 'invalid_request')
          wrong.push(`${name} with ${field}: ${answer.status} ${answer.code}`);
        else if (!JSON.stringify(answer.body).includes(field) && !body!.anyOf)
          wrong.push(`${name} does not name ${field}: ${answer.body.detail}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('says in its document that it takes nothing else', () => {
    const loose = walk.flatMap(({ name, body }) => (body ? looseParts(body, name) : []));
    expect(loose).toEqual([]);
  });
});

const hasProperty = (schema: Schema, field: string): boolean => field in (schema.properties ?? {});

/** Objects, however deep, that take more than they name; maps by name (attributes) are not among bodies of this kind. */
function looseParts(schema: Schema, where: string): string[] {
  const within = Object.entries(schema.properties ?? {}).flatMap(([name, part]) =>
    looseParts(part, `${where}.${name}`),
  );
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((part) =>
    looseParts(part, where),
  );
  const isLoose = schema.properties !== undefined && schema.additionalProperties !== false;
  return [...(isLoose ? [where] : []), ...within, ...choices];
}
