import { startHelper, type Helper } from '../helper.js';
import type { ConnectOrder, GrabAtOrder, Grabbed, GrabOrder } from './orders.js';

/** A bare server in a process of its own. */
export async function startBareServer(kind: ConnectOrder['kind']): Promise<Helper & { url: string }> {
  const helper = startHelper(new URL('./bare-server.ts', import.meta.url));
  const port = await helper.ask<number>('listen', kind);
  return { ...helper, url: `http://127.0.0.1:${port}` };
}

/** The process with the load. One order at a time. */
export class Crowd {
  private readonly helper = startHelper(new URL('./crowd-process.ts', import.meta.url));

  connect(order: ConnectOrder): Promise<void> {
    return this.helper.ask('connect', order);
  }

  grab(order: GrabOrder): Promise<Grabbed> {
    return this.helper.ask('grab', order);
  }

  grabAt(order: GrabAtOrder): Promise<Grabbed> {
    return this.helper.ask('grabAt', order);
  }

  stop(): Promise<void> {
    return this.helper.stop();
  }
}
