import type { Answers, GrabResult } from '@app/contracts';
import { failureOf } from '../net/failure.js';
import { grabPacket } from '../net/socket.js';
import { packetsStore, progressPacket, recordWin, setGrab, type GrabPhase } from '../state/packets.js';
import { myId } from '../state/session.js';
import { isAway } from '../state/ui.js';

const GIVE_UP_MS = 90_000;
/** Long enough for the seal to turn once, so that the result is seen to come out of the envelope. */
const SUSPENSE_MS = 450;

export type Note = Extract<GrabPhase, { step: 'asking' }>['note'];
export type Told = Exclude<GrabPhase, { step: 'asking' }>;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Asking {
  answers: Answers | undefined;
  giveUpMs: number;
  /** False: `not_open` is an answer, for those who try again by themselves. */
  waitsForOpening: boolean;
  noted: (note: Note) => void;
}

/** Asks until told, and keeps what was won. */
async function askUntilTold(
  packetId: string,
  { answers, giveUpMs, waitsForOpening, noted }: Asking,
): Promise<Told> {
  try {
    const result = await grabPacket(packetId, answers, {
      ...{ giveUpMs, waitsForOpening },
      onWait: (why) => noted(why === 'unknown' && isAway() ? 'offline' : why),
    });
    return takeOutcome(packetId, result);
  } catch (error) {
    return { step: 'refused', code: failureOf(error).code };
  }
}

function takeOutcome(packetId: string, result: GrabResult<number>): Told {
  const { amount, outcome } = result;
  if (outcome === 'busy') return { step: 'refused', code: 'no_answer' };
  if (amount !== undefined) recordWin(packetId, amount, myId());
  // Ahead of the next push, which is at most twice a second.
  if (outcome === 'empty') progressPacket({ packetId, remaining: { count: 0, amount: 0 } });
  return { step: 'told', result };
}

/** Grabs that were given up, and of which the client asked again once it was back. */
export function takeLateOutcomes(grabs: readonly { packetId: string; result: GrabResult<number> }[]): void {
  for (const { packetId, result } of grabs) {
    const told = takeOutcome(packetId, result);
    if (packetsStore.get().grabs[packetId]?.step === 'refused') setGrab(packetId, told);
  }
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
