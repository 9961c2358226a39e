import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UnansweredError } from './ask-again.js';
import { HttpClient } from './http-client.js';

let server: Server;
let respond: (request: IncomingMessage, response: ServerResponse) => void;
let client: HttpClient;

beforeEach(async () => {
  server = createServer((request, response) => respond(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new HttpClient({ url, token: 't', callMsMax: 200 });
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('HttpClient', () => {
  it('sends the token, and a key of its own with what moves money', async () => {
    const seen: (string | undefined)[] = [];
    respond = (request, response) => {
      seen.push(request.url, request.headers.authorization, request.headers['idempotency-key'] as string);
      response.writeHead(201).end('{"topupId":"1","status":"succeeded"}');
    };
    await client.topUp({ amount: 100, currency: 'CNY', provider: 'sandbox' });
    expect(seen).toEqual(['/api/v1/topups', 'Bearer t', expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  });

  it('says in a token for development what segments are decided by', async () => {
    let body = '';
    respond = (request, response) => {
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => response.writeHead(201).end('{"token":"t"}'));
    };
    await client.devToken({ userId: 'u1', attributes: { city: 'Jiaxing', level: 3, member: true } });
    expect(JSON.parse(body)).toEqual({
      ...{ userId: 'u1', attributes: { city: 'Jiaxing', level: 3, member: true } },
    });
  });

  it('throws the code of a problem, with its time to wait', async () => {
    respond = (_request, response) => {
      response
        .writeHead(429, { 'content-type': 'application/problem+json' })
        .end('{"code":"rate_limited","detail":"Too many.","retryAfterMs":800}');
    };
    await expect(client.wallet()).rejects.toMatchObject({
      name: 'RefusalError',
      code: 'rate_limited',
      options: { retryAfterMs: 800 },
    });
  });

  it.each([
    ['a page of a proxy in between', 502, '<html>Bad Gateway</html>'],
    ['an answer cut off', 200, '{"balances":['],
  ])('takes %s for no answer', async (_what, status, body) => {
    respond = (_request, response) => {
      response.writeHead(status).end(body);
    };
    await expect(client.wallet()).rejects.toBeInstanceOf(UnansweredError);
  });

  it('takes silence for no answer', async () => {
    respond = () => {};
    await expect(client.wallet()).rejects.toBeInstanceOf(UnansweredError);
  });
});
