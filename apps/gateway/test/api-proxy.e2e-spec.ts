import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url } = serviceUnderTest();

describe('HTTP through the gateway', () => {
  it('does not tell how long the api keeps its own connections', async () => {
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      const call = request(`${url}/api/v1/me`, { headers: { connection: 'keep-alive' } }, (response) => {
        response.resume();
        resolve(response.headers);
      });
      call.on('error', reject).end();
    });
    expect(headers.connection).toBe('keep-alive');
    expect(headers['keep-alive']).toBeUndefined();
  });
});
