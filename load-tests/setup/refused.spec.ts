import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpClient } from '@app/client';
import { uploadAudience } from './audience.ts';
import { fund } from './funds.ts';
import { tokenFor } from './people.ts';
import { assertReady } from './reach.ts';

/** Answers every request with this status and problem, as a target with other settings does. */
let answer: { status: number; body: object };
let server: Server;
let url: string;
beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(answer.status, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('a target that does not offer what a load needs', () => {
  it('gives no development tokens, and the sentence names the way out', async () => {
    answer = { status: 404, body: { code: 'not_found' } };
    await expect(tokenFor({ http: new HttpClient({ url }) }, 'u-1')).rejects.toThrow(
      /^The target gives no .*JWT_SECRET/,
    );
  });

  it('takes no sandbox top-ups, and the sentence says what to do', async () => {
    answer = { status: 403, body: { code: 'forbidden' } };
    const http = new HttpClient({ url, token: 't' });
    await expect(fund((topup, key) => http.topUp(topup, key), 100)).rejects.toThrow(
      /SANDBOX_TOPUPS.*test deployment/,
    );
  });

  it('took only some of the audience', async () => {
    answer = { status: 201, body: { audienceId: 'a', accepted: 1 } };
    await expect(uploadAudience(url, 't', 'tenant', ['a', 'b'])).rejects.toThrow('took 1 of 2 people');
  });

  it('refuses the audience with a code', async () => {
    answer = { status: 403, body: { code: 'forbidden', detail: 'No.' } };
    await expect(uploadAudience(url, 't', 'tenant', ['a'])).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is up and can not serve yet', async () => {
    answer = { status: 503, body: {} };
    await expect(assertReady(url)).rejects.toThrow('answers 503 at /readyz');
  });
});
