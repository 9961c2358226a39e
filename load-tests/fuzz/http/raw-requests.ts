import { connect } from 'node:net';
import fc from 'fast-check';
import type { HttpAnswer } from './judge.js';

const line = fc.oneof(
  fc.constantFrom(
    'GET / HTTP/1.1',
    'GET /api/v1/me HTTP/1.1',
    'POST /api/v1/rooms HTTP/1.1',
    'POST /api/v1/topups HTTP/1.1',
  ),
  fc.constantFrom(
    'TRACE / HTTP/1.1',
    'CONNECT a:1 HTTP/1.1',
    'PUT /api/v1/me HTTP/1.1',
    'OPTIONS * HTTP/1.1',
    'PRI * HTTP/2.0',
  ),
  fc.constantFrom(
    'GET http://evil.example/ HTTP/1.1',
    'GET //evil.example/%2e%2e HTTP/1.1',
    'GET /../../etc/passwd HTTP/1.1',
  ),
  fc.constantFrom(
    'GET /internal/metrics HTTP/1.1',
    'GET /api/v1/%c0%ae HTTP/1.1',
    'GET /assets/..%2f..%2fpackage.json HTTP/1.1',
    'GET',
    '',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 60 }),
);
const header = fc.oneof(
  fc.constantFrom(
    'Content-Length: 5',
    'Content-Length: -1',
    'Content-Length: 99999999999999999999',
    'Content-Length: 1\r\nContent-Length: 2',
  ),
  fc.constantFrom(
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: chunked\r\nContent-Length: 3',
    'Transfer-Encoding: gzip, chunked',
    'Expect: 100-continue',
  ),
  fc.constantFrom(
    'Content-Type: application/json',
    'Authorization: Bearer x',
    'X-Forwarded-For: 1.2.3.4',
    'Connection: Upgrade\r\nUpgrade: h2c',
    'Upgrade: websocket',
  ),
  fc.constantFrom(
    'Cookie: a=b',
    `X-Long: ${'x'.repeat(20_000)}`,
    'Host: a\r\nHost: b',
    ': nameless',
    ' folded',
    'Range: bytes=0-,0-,0-',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 60 }),
);
const body = fc.oneof(
  fc.constantFrom('', '5\r\nhello\r\n0\r\n\r\n', 'ffffffffffffffff\r\n', '-1\r\n', '{"name":1}'),
  fc.string({ maxLength: 40 }),
);

/** Bytes in the place of a request: mostly its parts, put together wrongly. */
export const rawRequests: fc.Arbitrary<string> = fc
  .tuple(line, fc.array(header, { maxLength: 3 }), body, fc.boolean())
  .map(([first, headers, rest, withHost]) =>
    [first, ...(withHost ? ['Host: x'] : []), ...headers, 'Connection: close', '', rest].join('\r\n'),
  );

/**
 * What comes back, if anything does. The connection is ended by us after the answer, or half a second without one: half a
 * request is waited for as long as a slow line may take.
 */
export function rawAnswer(url: string, bytes: string, answerMsMax: number): Promise<HttpAnswer | undefined> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      // `Expect` is answered before the answer.
      text = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
      const type = /^content-type: *(.*)$/im.exec(text)?.[1]?.trim() ?? '';
      // Without the sizes of chunks around it.
      const body = text.slice(text.indexOf('\r\n\r\n') + 4).replace(/^[^{]*|[^}]*$/g, '');
      resolve(status ? { status, type, text: body } : undefined);
    };
    const timer = setTimeout(end, Math.min(500, answerMsMax));
    socket.setEncoding('utf8').on('data', (some: string) => (text += some));
    socket.on('error', end).on('close', end);
    socket.end(bytes, 'latin1');
  });
}
