import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface SlowProxy {
  port: number;
  /** From now on each byte on its way to the server comes so many milliseconds later; 0: at once. Order is kept. */
  delay(ms: number): void;
  close(): Promise<void>;
}

/** A TCP proxy on 127.0.0.1 before a server, which can be made slow while connections stand. */
export async function startSlowProxy(to: { host: string; port: number }): Promise<SlowProxy> {
  let delayMs = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(to);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    upstream.pipe(client);
    forwardLater(client, upstream, () => delayMs);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    delay: (ms) => {
      delayMs = ms;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * What comes after the delay has ended still waits for what came before it: a queue, for timers of fractions of a millisecond
 * don't keep their order.
 */
function forwardLater(from: Socket, to: Socket, delayMs: () => number): void {
  const waiting: { dueMs: number; chunk: Buffer | undefined }[] = [];
  const forward = () => {
    while (waiting.length > 0 && waiting[0]!.dueMs <= performance.now()) {
      const { chunk } = waiting.shift()!;
      if (to.destroyed) return;
      if (chunk) to.write(chunk);
      else to.end();
    }
    if (waiting.length > 0) setTimeout(forward, waiting[0]!.dueMs - performance.now());
  };
  const push = (chunk: Buffer | undefined) => {
    const dueMs = Math.max(waiting.at(-1)?.dueMs ?? 0, performance.now() + delayMs());
    waiting.push({ dueMs, chunk });
    if (waiting.length === 1) forward();
  };
  from.on('data', push);
  from.on('end', () => push(undefined));
}
