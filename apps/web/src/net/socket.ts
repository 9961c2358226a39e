import { HongbaoClient, patience, UnansweredError, type Answer, type Request } from '@app/client';
import { RefusalError, type Answers, type ClientEvents, type GrabResult, type JoinAck } from '@app/contracts';
import { Failure } from './failure.js';

let client: HongbaoClient | null = null;

/** Opens the one connection of a signed-in person. It comes back by itself until `disconnect`. */
export function connect(token: string): HongbaoClient {
  disconnect();
  // A page shows at once what failed and offers to try again; only grabs go on by themselves, for a time of their own.
  client = new HongbaoClient({ url: '/', token, patience: { ...patience, triesMax: 1 } });
  return client;
}

export function disconnect(): void {
  const before = client;
  client = null;
  before?.close();
}

/** Asks at once instead of waiting for the next attempt. */
export function connectNow(): void {
  client?.connectNow();
}

/** A grab that goes on for `giveUpMs`. Throws a Failure. */
export function grabPacket(
  packetId: string,
  answers: Answers | undefined,
  options: NonNullable<Parameters<HongbaoClient['grab']>[2]>,
): Promise<GrabResult<number>> {
  return told((open) => open.grab(packetId, answers, options));
}

/** Joined again by itself after a lost connection. Throws a Failure. */
export function join(roomId: string): Promise<JoinAck> {
  return told((open) => open.joinRoom(roomId));
}

/** Throws a Failure: the server's code, or `no_answer` when nothing came in time. */
export function request<E extends keyof ClientEvents>(event: E, payload: Request<E>): Promise<Answer<E>> {
  return told((open) => open.ask(event, payload));
}

async function told<T>(ask: (open: HongbaoClient) => Promise<T>): Promise<T> {
  if (!client) throw new Failure('offline');
  try {
    return await ask(client);
  } catch (error) {
    if (error instanceof UnansweredError) throw new Failure('no_answer');
    if (error instanceof RefusalError) throw new Failure(error.code, error.options.retryAfterMs);
    throw new Failure('offline');
  }
}
