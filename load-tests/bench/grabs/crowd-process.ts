import { serveParent } from '../helper.js';
import { listen, openSocketIo } from '../processes/lean-client.js';
import { LeanSocket } from '../processes/lean-socket.js';
import type { Aim, ConnectOrder, GrabAtOrder, Grabbed, GrabOrder } from './orders.js';

/** The load, in a process of its own. A grab is the frame that socket.io-client would send, which costs more by far. */
const CONNECTS_AT_ONCE = 100;
const PACE_MS = 1;
/** `3`, of `43<id>[…]`. */
const ACK = 0x33;

interface Run {
  sentAtMs: Float64Array;
  tookMs: Float64Array;
  answered: number;
  outcomes: Record<string, number>;
  onAnswer(): void;
  onLost(error: Error): void;
}

const crowds = new Map<string, LeanSocket[]>();
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
  const sockets: LeanSocket[] = [];
  for (let from = 0; from < tokens.length; from += CONNECTS_AT_ONCE) {
    const some = tokens.slice(from, from + CONNECTS_AT_ONCE);
    sockets.push(...(await Promise.all(some.map((token) => connect(kind, url, token)))));
  }
  crowds.set(crowd, sockets);
}

async function connect(kind: 'socket.io' | 'ws', url: string, token: string): Promise<LeanSocket> {
  const hear = (data: Buffer) => heard(data.toString('latin1'));
  const socket =
    kind === 'ws'
      ? await LeanSocket.open(url.replace(/^http/, 'ws'), hear)
      : await openSocketIo(url, { token });
  if (kind === 'socket.io') listen(socket, (data) => data[1] === ACK && hear(data));
  socket.onClose = () => run?.onLost(new Error('the server closed a connection'));
  return socket;
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

type Aimed = { socket: LeanSocket; packetId: string };

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
