import { WebSocket } from 'ws';
import { serveParent } from '../helper.js';
import type { Aim, ConnectOrder, GrabAtOrder, Grabbed, GrabOrder } from './orders.js';

/**
 * The load, in a process of its own: sockets that speak Engine.IO by hand, which costs this process a third of what
 * socket.io-client does. A grab is the frame that socket.io-client would send.
 */
const CONNECTS_AT_ONCE = 100;
const PACE_MS = 1;

interface Run {
  sentAtMs: Float64Array;
  tookMs: Float64Array;
  answered: number;
  outcomes: Record<string, number>;
  onAnswer(): void;
  onLost(error: Error): void;
}

const crowds = new Map<string, WebSocket[]>();
let run: Run | undefined;

serveParent({
  connect: connectAll,
  grab: (order: GrabOrder) => grabInFlight(aimed(order), order.inFlight),
  grabAt: (order: GrabAtOrder) => grabAtRate(aimed(order), order.perSecond),
});

/** Every socket grabs each packet once, packet after packet. */
function aimed({ crowd, from, to, packetIds }: Aim): Aimed[] {
  const sockets = crowds.get(crowd)!.slice(from, to);
  return packetIds.flatMap((packetId) => sockets.map((socket) => ({ socket, packetId })));
}

async function connectAll({ crowd, kind, url, tokens }: ConnectOrder): Promise<void> {
  const sockets: WebSocket[] = [];
  for (let from = 0; from < tokens.length; from += CONNECTS_AT_ONCE) {
    const some = tokens.slice(from, from + CONNECTS_AT_ONCE);
    sockets.push(...(await Promise.all(some.map((token) => connect(kind, url, token)))));
  }
  crowds.set(crowd, sockets);
}

function connect(kind: 'socket.io' | 'ws', url: string, token: string): Promise<WebSocket> {
  const address = url.replace(/^http/, 'ws') + (kind === 'ws' ? '' : '/socket.io/?EIO=4&transport=websocket');
  const socket = new WebSocket(address, { perMessageDeflate: false, skipUTF8Validation: true });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => {
      const lost = new Error('the server closed a connection');
      reject(lost);
      run?.onLost(lost);
    });
    if (kind === 'ws') socket.on('open', () => resolve(socket));
    socket.on('message', (data: Buffer) => {
      const text = data.toString('latin1');
      if (text.startsWith('43') || (kind === 'ws' && text.startsWith('42'))) heard(text);
      else if (text.startsWith('0')) socket.send(`40${JSON.stringify({ token })}`);
      else if (text.startsWith('40')) resolve(socket);
      else if (text === '2') socket.send('3');
      else if (text.startsWith('44')) reject(new Error(text));
    });
  });
}

function heard(text: string): void {
  if (!run) return;
  const nowMs = performance.now();
  const id = Number.parseInt(text.slice(2, text.indexOf('[')), 10);
  const at = text.indexOf('"outcome":"');
  const outcome = at === -1 ? 'other' : text.slice(at + 11, text.indexOf('"', at + 11));
  run.outcomes[outcome] = (run.outcomes[outcome] ?? 0) + 1;
  run.tookMs[id] = nowMs - run.sentAtMs[id]!;
  run.answered += 1;
  run.onAnswer();
}

type Aimed = { socket: WebSocket; packetId: string };

function begin(count: number): Run {
  return {
    ...{ sentAtMs: new Float64Array(count), tookMs: new Float64Array(count) },
    ...{ answered: 0, outcomes: {}, onAnswer: () => undefined, onLost: () => undefined },
  };
}

function send({ socket, packetId }: Aimed, id: number, dueMs: number, now: Run): void {
  now.sentAtMs[id] = dueMs;
  socket.send(`42${id}["packet:grab",{"packetId":"${packetId}"}]`);
}

function grabInFlight(grabs: Aimed[], inFlight: number): Promise<Grabbed> {
  const now = (run = begin(grabs.length));
  const startedMs = performance.now();
  let next = 0;
  const sendNext = () => {
    if (next < grabs.length) send(grabs[next]!, next++, performance.now(), now);
  };
  return new Promise((resolve, reject) => {
    now.onLost = reject;
    now.onAnswer = () => {
      if (now.answered === grabs.length) resolve(summed(now, startedMs));
      else sendNext();
    };
    for (let k = 0; k < inFlight; k += 1) sendNext();
  });
}

function grabAtRate(grabs: Aimed[], perSecond: number): Promise<Grabbed> {
  const now = (run = begin(grabs.length));
  const startedMs = performance.now();
  let next = 0;
  return new Promise((resolve, reject) => {
    now.onLost = reject;
    now.onAnswer = () => {
      if (now.answered === grabs.length) resolve(summed(now, startedMs));
    };
    const timer = setInterval(() => {
      const due = Math.min(grabs.length, ((performance.now() - startedMs) * perSecond) / 1_000);
      for (; next < due; next += 1) send(grabs[next]!, next, startedMs + (next * 1_000) / perSecond, now);
      if (next === grabs.length) clearInterval(timer);
    }, PACE_MS);
  });
}

function summed({ tookMs, outcomes, answered }: Run, startedMs: number): Grabbed {
  const sorted = tookMs.toSorted();
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
  run = undefined;
  return {
    ...{ grabs: answered, outcomes, seconds: (performance.now() - startedMs) / 1_000 },
    ...{ p50Ms: at(0.5), p99Ms: at(0.99) },
  };
}
