import { connectFrame, parseFrame, PONG, socketUrl } from '../../lib/frames.ts';
import { LeanSocket } from './lean-socket.js';

const ANSWER_MS_MAX = 30_000;
/** `2`, of Engine.IO. */
const PING = 0x32;

/**
 * A Socket.IO client that costs the load as little as possible: the frames by hand. Not libs/client, which costs a crowd more
 * than many a push costs its server. Resolves once CONNECT was acknowledged; what comes then is for `listen`.
 */
export function openSocketIo(url: string, auth: Record<string, unknown>): Promise<LeanSocket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${url} did not let us in`)), ANSWER_MS_MAX);
    const hear = (data: Buffer, socket: LeanSocket) => {
      const frame = parseFrame(data.toString());
      if (frame.kind === 'open') socket.send(connectFrame(auth));
      else if (frame.kind === 'refused') reject(new Error(`refused: ${data.toString()}`));
      else if (frame.kind === 'connected') {
        clearTimeout(timer);
        resolve(socket);
      }
    };
    LeanSocket.open(socketUrl(url), hear).catch(reject);
  });
}

/** Pings are answered; `onMessage` hears all else. */
export function listen(socket: LeanSocket, onMessage: (text: Buffer) => void): void {
  socket.onMessage = (data) => {
    if (data.length === 1 && data[0] === PING) socket.send(PONG);
    else onMessage(data);
  };
}
