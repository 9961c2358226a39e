import type { Answers, GrabResult } from '@app/contracts';
import { failureOf, type Failure } from '../net/failure.js';
import { request } from '../net/socket.js';
import { packetsStore, progressPacket, recordWin, setGrab, type GrabPhase } from '../state/packets.js';
import { myId } from '../state/session.js';
import { isAway, serverNow } from '../state/ui.js';

const RETRY_MS_DEFAULT = 600;
const RETRY_MS_MAX = 8_000;
const GIVE_UP_MS = 90_000;
/** Long enough for the seal to turn once, so that the result is seen to come out of the envelope. */
const SUSPENSE_MS = 450;

export type Note = Extract<GrabPhase, { step: 'asking' }>['note'];
export type Told = Exclude<GrabPhase, { step: 'asking' }>;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Half to one and a half times as long: those who were turned away together must not come back together. */
export function jittered(ms: number, random = Math.random()): number {
  return Math.round(ms * (0.5 + random));
}

type Next = { done: Told } | { waitMs: number; note: Note };

export function afterResult(result: GrabResult<number>, now: number): Next {
  if (result.outcome === 'busy') {
    return { waitMs: Math.min(result.retryAfterMs ?? RETRY_MS_DEFAULT, RETRY_MS_MAX), note: 'busy' };
  }
  if (result.outcome === 'not_open' && result.opensAt !== undefined) {
    return { waitMs: Math.max(0, result.opensAt - now), note: 'not_open' };
  }
  return { done: { step: 'told', result } };
}

export function afterFailure({ code, retryAfterMs }: Failure, online: boolean): Next {
  if (code === 'busy' || code === 'rate_limited' || code === 'internal') {
    return { waitMs: Math.min(retryAfterMs ?? RETRY_MS_DEFAULT, RETRY_MS_MAX), note: 'busy' };
  }
  // Unknown is not refused: the store remembers who won, so the question may be put again.
  if (code === 'no_answer' || code === 'offline')
    return { waitMs: 200, note: online ? 'unknown' : 'offline' };
  return { done: { step: 'refused', code } };
}

interface Asking {
  answers: Answers | undefined;
  giveUpMs: number;
  /** False: `not_open` is an answer, for those who try again by themselves. */
  waitsForOpening: boolean;
  noted: (note: Note) => void;
}

async function askOnce(packetId: string, { answers, waitsForOpening }: Asking): Promise<Next> {
  try {
    const result = await request('packet:grab', answers ? { packetId, answers } : { packetId });
    if (result.outcome === 'not_open' && !waitsForOpening) return { done: { step: 'told', result } };
    return afterResult(result, serverNow());
  } catch (error) {
    return afterFailure(failureOf(error), !isAway());
  }
}

/** Asks until told, and keeps what was won. */
async function askUntilTold(packetId: string, asking: Asking): Promise<Told> {
  const startedAt = Date.now();
  let next = await askOnce(packetId, asking);
  while (!('done' in next)) {
    // Waiting for an opening has an end of its own; everything else does not go on for ever.
    if (next.note !== 'not_open' && Date.now() - startedAt > asking.giveUpMs) {
      return { step: 'refused', code: 'no_answer' };
    }
    asking.noted(next.note);
    await pause(next.note === 'not_open' ? next.waitMs + jittered(150) : jittered(next.waitMs));
    next = await askOnce(packetId, asking);
  }
  if (next.done.step === 'told') {
    const { amount, outcome } = next.done.result;
    if (amount !== undefined) recordWin(packetId, amount, myId());
    // Ahead of the next push, which is at most twice a second.
    if (outcome === 'empty') progressPacket({ packetId, remaining: { count: 0, amount: 0 } });
  }
  return next.done;
}

/** Goes on when the envelope is put away, so that a win is never left unknown. */
export async function grab(packetId: string, answers?: Answers): Promise<void> {
  if (packetsStore.get().grabs[packetId]?.step === 'asking') return;
  const startedAt = Date.now();
  setGrab(packetId, { step: 'asking', note: null });
  const told = await askUntilTold(packetId, {
    ...{ answers, giveUpMs: GIVE_UP_MS, waitsForOpening: true },
    noted: (note) => setGrab(packetId, { step: 'asking', note }),
  });
  await pause(Math.max(0, SUSPENSE_MS - (Date.now() - startedAt)));
  setGrab(packetId, told);
}

/** One catch or shake of many: told what came of it, `not_open` and `luck` too, within a moment. */
export function attempt(
  packetId: string,
  answers: Answers | undefined,
  giveUpMs: number,
  noted: (note: Note) => void = () => {},
): Promise<Told> {
  return askUntilTold(packetId, { answers, giveUpMs, waitsForOpening: false, noted });
}
