import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '@app/testing';
import { startSlowProxy, type SlowProxy } from './slow-proxy.ts';

let echo: Server;
let proxy: SlowProxy;
let client: Socket;
let heard: { text: string; atMs: number }[];

beforeEach(async () => {
  echo = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  proxy = await startSlowProxy({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });
  heard = [];
  client = connect(proxy.port, '127.0.0.1');
  client
    .setNoDelay(true)
    .on('data', (data) => heard.push({ text: data.toString(), atMs: performance.now() }));
});
afterEach(async () => {
  client.destroy();
  await proxy.close();
  await new Promise((resolve) => echo.close(resolve));
});

const heardText = () => heard.map(({ text }) => text).join('');

describe('a proxy before a server', () => {
  it('passes all through, at once', async () => {
    client.write('hello');
    await until('the echo', () => heardText() === 'hello');
  });

  it('that is slow delays by as much as was asked, and keeps the order when it is quick again', async () => {
    proxy.delay(200);
    const atMs = performance.now();
    client.write('a');
    client.write('b');
    // What the kernel has taken is in the proxy a moment later.
    await until('the proxy has it', () => performance.now() - atMs > 50);
    proxy.delay(0);
    client.write('c');
    await until('the echo', () => heardText() === 'abc');
    expect(heard[0]!.atMs - atMs).toBeGreaterThanOrEqual(195);
  });

  it('that is closed ends its connections', async () => {
    client.write('x');
    await until('the echo', () => heardText() === 'x');
    const closed = new Promise((resolve) => client.once('close', resolve));
    await proxy.close();
    await closed;
  });
});
