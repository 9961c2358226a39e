import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Grabbed, Order } from './orders.js';

function start(file: string, args: string[] = []): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return fork(path, args, { execArgv: ['--import', 'tsx'] });
}

/** A bare server in a process of its own; it ends with this process. */
export async function startBareServer(
  kind: 'socket.io' | 'ws',
): Promise<{ url: string; pid: number; stop(): void }> {
  const child = start('./bare-server.ts', [kind]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { url: `http://127.0.0.1:${port}`, pid: child.pid!, stop: () => void child.kill() };
}

/** The process with the load. One order at a time. */
export class Crowd {
  private readonly child = start('./crowd-process.ts');

  async connect(order: Omit<Order & { order: 'connect' }, 'order'>): Promise<void> {
    await this.tell({ order: 'connect', ...order });
  }

  grab(order: Omit<Order & { order: 'grab' }, 'order'>): Promise<Grabbed> {
    return this.tell({ order: 'grab', ...order }) as Promise<Grabbed>;
  }

  grabAt(order: Omit<Order & { order: 'grab-at' }, 'order'>): Promise<Grabbed> {
    return this.tell({ order: 'grab-at', ...order }) as Promise<Grabbed>;
  }

  stop(): void {
    this.child.kill();
  }

  /** Rejects when the process ends before it answered. */
  private async tell(order: Order): Promise<unknown> {
    const ended = new AbortController();
    const lost = once(this.child, 'exit', { signal: ended.signal }).then(([code]) => {
      throw new Error(`the load ended with ${code}`);
    });
    lost.catch(() => undefined);
    this.child.send(order);
    const [answer] = (await Promise.race([once(this.child, 'message'), lost])) as [unknown];
    ended.abort();
    return answer;
  }
}
