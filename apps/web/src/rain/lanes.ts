import type { GrabResult, RefusalReason } from '@app/contracts';
import { laneForCatch, type Lanes, type LaneStanding, type Round } from '../drops/rounds.js';
import { attempt, type Told } from '../flows/grab.js';
import { answersOf } from '../gates/drafts.js';
import type { Packet } from '../state/merge.js';
import { packetsStore } from '../state/packets.js';
import { whenPersonChanges } from '../state/session.js';
import { createStore } from '../state/store.js';
import { serverNow } from '../state/ui.js';

/** A catch that is not answered by then is a miss; what was won all the same comes up at the next try. */
const GIVE_UP_MS = 5_000;
/** Before a lane is asked again when the server did not say. */
const REST_MS = 700;
const PAUSED_REST_MS = 2_000;

/** Kept when the rain is left and entered again. */
export const lanesStore = createStore<{ tried: Lanes }>({ tried: {} });

whenPersonChanges(() => lanesStore.set({ tried: {} }));

function setLane(packetId: string, standing: LaneStanding): void {
  lanesStore.set(({ tried }) => ({ tried: { ...tried, [packetId]: standing } }));
}

/** What I know of each lane of a round: my tries, my wins from before this visit, and what the server told of it. */
export function standingsOf(
  lanes: readonly Packet[],
  tried: Lanes,
  won: Readonly<Record<string, number>>,
): Lanes {
  const known: Record<string, LaneStanding> = {};
  for (const { packetId, state } of lanes) {
    const amount = won[packetId];
    const mine = tried[packetId];
    if (amount !== undefined) known[packetId] = { kind: 'won', amount };
    else if (state === 'finished' || state === 'expired') known[packetId] = { kind: 'gone' };
    else if (mine) known[packetId] = mine;
  }
  return known;
}

export type Catch =
  | { kind: 'won'; amount: number; packetId: string }
  | { kind: 'miss' }
  /** The gates are not met: back to their form. */
  | { kind: 'gates'; reason: RefusalReason }
  /** Nothing more for this person here; `paused` passes. */
  | { kind: 'stopped'; reason: RefusalReason };

const GATE_REASONS: ReadonlySet<RefusalReason> = new Set(['password', 'quiz', 'place', 'task']);

/** What an answer means for its lane, and for the one who caught. */
export function afterCatch(
  packetId: string,
  result: GrabResult<number>,
  now: number,
): { lane: LaneStanding; caught: Catch } {
  const { outcome, amount = 0, opensAt, reason } = result;
  if (outcome === 'won' || outcome === 'already') {
    return { lane: { kind: 'won', amount }, caught: { kind: 'won', amount, packetId } };
  }
  const miss: Catch = { kind: 'miss' };
  if (outcome === 'not_open')
    return { lane: { kind: 'resting', at: opensAt ?? now + REST_MS }, caught: miss };
  if (outcome === 'busy') return { lane: { kind: 'resting', at: now + REST_MS }, caught: miss };
  if (outcome !== 'not_eligible' || !reason) return { lane: { kind: 'gone' }, caught: miss };
  if (GATE_REASONS.has(reason)) {
    return { lane: { kind: 'resting', at: now }, caught: { kind: 'gates', reason } };
  }
  if (reason === 'paused' || reason === 'luck') {
    const caught: Catch = reason === 'paused' ? { kind: 'stopped', reason } : miss;
    return { lane: { kind: 'resting', at: now + PAUSED_REST_MS }, caught };
  }
  return { lane: { kind: 'gone' }, caught: { kind: 'stopped', reason } };
}

/** Catches an envelope of a round, any of its free lanes or the one that is named. */
export async function catchOne(round: Round, draftKey: string, turn: number, lane?: Packet): Promise<Catch> {
  const { tried } = lanesStore.get();
  const standings = standingsOf(round.lanes, tried, packetsStore.get().won);
  const only = lane ? { ...round, lanes: [lane] } : round;
  const free = laneForCatch(only, standings, turn, serverNow());
  if (!free) return { kind: 'miss' };
  const { packetId } = free;
  setLane(packetId, { kind: 'asking' });
  const told: Told = await attempt(packetId, answersOf(free, draftKey), GIVE_UP_MS);
  if (told.step === 'refused') {
    const gone = told.code === 'not_found';
    setLane(packetId, gone ? { kind: 'gone' } : { kind: 'resting', at: serverNow() + REST_MS });
    return { kind: 'miss' };
  }
  const { lane: standing, caught } = afterCatch(packetId, told.result, serverNow());
  setLane(packetId, standing);
  return caught;
}
