import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '@app/testing';
import { startFaultProxy, type FaultProxy } from './fault-proxy.js';

let echo: Server;
let proxy: FaultProxy;
let client: Socket;
let heard: { text: string; atMs: number }[];

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  proxy = await startFaultProxy(`redis://127.0.0.1:${(echo.address() as AddressInfo).port}`);
  heard = [];
  client = newClient();
  client.on('data', (data) => heard.push({ text: data.toString(), atMs: performance.now() }));
});
afterEach(async () => {
  client.destroy();
  await proxy.stop();
  await new Promise((resolve) => echo.close(resolve));
});

const newClient = () =>
  connect(proxy.port, '127.0.0.1')
    .setNoDelay(true)
    .on('error', () => {});
const closeOf = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));
const heardText = () => heard.map(({ text }) => text).join('');

describe('a proxy before a server', () => {
  it('passes all through, at once', async () => {
    expect(proxy.url).toBe(`redis://127.0.0.1:${proxy.port}`);
    client.write('hello');
    await until('the echo', () => heardText() === 'hello');
  });

  it('that is slow delays by as much as was asked, and keeps the order when it is quick again', async () => {
    let taken = '';
    proxy.watch((chunk, way) => {
      if (way === 'up') taken += chunk.toString();
      return 'pass';
    });
    proxy.delay(200);
    const atMs = performance.now();
    client.write('a');
    client.write('b');
    await until('the proxy has it', () => taken === 'ab');
    proxy.delay(0);
    client.write('c');
    await until('the echo', () => heardText() === 'abc');
    expect(heard[0]!.atMs - atMs).toBeGreaterThanOrEqual(195);
  });

  it('that holds lets nothing through, loses nothing, and takes new connections', async () => {
    client.write('x');
    await until('the echo', () => heardText() === 'x');
    proxy.hold();
    client.write('y');
    const late = newClient();
    let lateHeard = '';
    late.on('data', (data) => (lateHeard += data.toString())).write('z');
    await new Promise((resolve) => late.once('connect', resolve));
    expect([heardText(), lateHeard]).toEqual(['x', '']);
    await proxy.pass();
    await until('what was held', () => heardText() === 'xy' && lateHeard === 'z');
    late.destroy();
  });

  it('that is cut breaks and refuses connections until it passes again', async () => {
    client.write('x');
    await until('the echo', () => heardText() === 'x');
    const closed = closeOf(client);
    await proxy.cut();
    await closed;
    await closeOf(newClient());
    await proxy.pass();
    const again = newClient();
    await new Promise((resolve) => again.once('connect', resolve));
    again.destroy();
  });

  it('shows what passes, and loses or holds what the watcher says', async () => {
    const fates = { lost: 'drop', held: 'hold' } as const;
    const seen: string[] = [];
    proxy.watch((chunk, way) => {
      if (way === 'up') return 'pass';
      seen.push(chunk.toString());
      return fates[seen.at(-1) as keyof typeof fates] ?? 'pass';
    });
    for (const word of ['first', 'lost', 'second', 'held']) {
      client.write(word);
      await until('the proxy has seen the echo', () => seen.at(-1) === word);
    }
    const other = newClient();
    other.write('other');
    await new Promise((resolve) => other.once('data', resolve));
    expect(heardText()).toBe('firstsecond');
    await proxy.pass();
    await until('what was held', () => heardText() === 'firstsecondheld');
    other.destroy();
  });

  it('that forgets a connection lets nothing through it ever again, and new ones as usual', async () => {
    client.write('x');
    await until('the echo', () => heardText() === 'x');
    proxy.forget();
    client.write('y');
    await proxy.pass();
    const other = newClient();
    other.write('other');
    await new Promise((resolve) => other.once('data', resolve));
    expect(heardText()).toBe('x');
    expect(client.destroyed).toBe(false);
    other.destroy();
  });

  it('that is stopped ends its connections', async () => {
    client.write('x');
    await until('the echo', () => heardText() === 'x');
    const closed = closeOf(client);
    await proxy.stop();
    await closed;
  });
});
