import type { Packet } from '../state/merge.js';

/** A round of a rain as far as it is known: its lanes are told together, later rounds perhaps later. */
export interface Round {
  round: number;
  rounds: number;
  opensAt: number;
  endsAt: number;
  catchesPerRound: number;
  lanes: Packet[];
}

export function roundsOf(packets: readonly Packet[]): Round[] {
  const byRound = new Map<number, Round>();
  for (const packet of packets) {
    if (!packet.rain) continue;
    const { round, rounds, roundSeconds, catchesPerRound } = packet.rain;
    const known = byRound.get(round);
    if (known) known.lanes.push(packet);
    else {
      const { opensAt } = packet;
      const endsAt = opensAt + roundSeconds * 1_000;
      byRound.set(round, { round, rounds, opensAt, endsAt, catchesPerRound, lanes: [packet] });
    }
  }
  return [...byRound.values()].sort((a, b) => a.round - b.round);
}

/** `between`: the next round may not be announced yet. */
export type RainStage =
  | { stage: 'before'; next: Round }
  | { stage: 'running'; round: Round }
  | { stage: 'between'; last: Round; next: Round | null }
  | { stage: 'over' };

/** No pause between two rounds is longer. */
const GAP_MS_MAX = 3_600_000;

/** A rain that is called off closes its packets before their time. */
const calledOff = ({ lanes, endsAt }: Round, now: number) =>
  now < endsAt && lanes.every(({ state }) => state === 'expired');

export function roundAt(known: readonly Round[], now: number): RainStage {
  const rounds = known.filter((round) => !calledOff(round, now));
  const running = rounds.find(({ opensAt, endsAt }) => opensAt <= now && now < endsAt);
  if (running) return { stage: 'running', round: running };
  const next = rounds.find(({ opensAt }) => opensAt > now);
  const last = rounds.findLast(({ endsAt }) => endsAt <= now);
  if (!last) return next ? { stage: 'before', next } : { stage: 'over' };
  if (next) return { stage: 'between', last, next };
  const mayGoOn = known.length < last.rounds && now < last.endsAt + GAP_MS_MAX;
  return mayGoOn ? { stage: 'between', last, next: null } : { stage: 'over' };
}

/** What became of my tries on a lane. A lane without one is still to be caught. */
export type LaneStanding =
  | { kind: 'asking' }
  | { kind: 'won'; amount: number }
  /** Its next share is released at `at`. */
  | { kind: 'resting'; at: number }
  /** Nothing is left in it, or not for me. */
  | { kind: 'gone' };
export type Lanes = Readonly<Record<string, LaneStanding>>;

/**
 * The lane that a tapped envelope stands for: of those neither caught nor asked right now nor waiting for their next
 * share, in turn, so that tries spread over all of them. Null: nothing can be in it, and nobody has to be asked.
 */
export function laneForCatch({ lanes }: Round, standings: Lanes, turn: number, now: number): Packet | null {
  const free = lanes.filter((lane) => {
    const standing = standings[lane.packetId];
    return !standing || (standing.kind === 'resting' && standing.at <= now);
  });
  return free.length === 0 ? null : free[turn % free.length]!;
}

export interface RoundCatches {
  caught: number;
  amount: number;
  /** As many as one may catch, or no lane has anything left for me. */
  done: boolean;
}

export function catchesOf({ lanes, catchesPerRound }: Round, standings: Lanes): RoundCatches {
  let caught = 0;
  let amount = 0;
  let gone = 0;
  for (const { packetId } of lanes) {
    const standing = standings[packetId];
    if (standing?.kind === 'gone') gone += 1;
    if (standing?.kind !== 'won') continue;
    caught += 1;
    amount += standing.amount;
  }
  return { caught, amount, done: caught >= catchesPerRound || caught + gone === lanes.length };
}
