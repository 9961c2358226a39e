import { AUDIENCE_IDS_MAX } from '@app/contracts';
import type { Curve, Storm } from '../model/plan.ts';
import type { DropWorkload, RoomsWorkload, Workload } from '../model/workload.ts';
import { arrivalsOf, curveOf, multiplied, partOf, totalOf } from './curve.ts';
import { PlanError } from './plan-error.ts';
import { sizeDrop, type SizedDrop } from './size-drop.ts';

/** One VU holds about so many sockets: with more, one busy event loop of k6 makes all of them late. */
const SOCKETS_PER_VU = 60;
const VUS_MIN = 2;
/** Each VU compiles the script for itself, in memory and time. */
const VUS_MAX = 64;
/**
 * Measured on two cores: joining a room costs gateway, api and Postgres 7 to 13 ms of CPU together, signing in and asking
 * for the open drops 2 to 3 ms. At these rates half of one core is busy while people come, and they do not queue.
 */
const JOINS_PER_SECOND = 60;
const CONNECTS_PER_SECOND = 150;
/** As long as an answer may take and one second more, so that the last grab's answer is heard. */
const TAIL_SECONDS = 6;
/** Tokens live for 24 hours. */
const SECONDS_MAX = 12 * 3_600;
const SECONDS_MIN = 2;

/** A workload with its figures multiplied and its curves in seconds: what `rooms.ts` and `campaigns.ts` make. */
export interface Size {
  scale: number;
  seconds: number;
  tailSeconds: number;
  connectSeconds: number;
  vus: number;
  sockets: number;
  /** Two where packets have a share and a fraction on average: one with fewer shares, one with more. */
  rooms: SizedRooms[];
  crowd?: SizedCrowd;
  storms: Storm[];
}

/** `fundEach`: what one room's sender needs, in minor units. */
export type SizedRooms = Omit<RoomsWorkload, 'sends'> & { sends: Curve; fundEach: number };

export interface SizedCrowd {
  people: number;
  watchers: number;
  drops: SizedDrop[];
}

export interface SizeOptions {
  /** Default: the workload's. */
  scale?: number;
  seconds?: number;
  /** In place of the workload's arrivals; multiplied by `scale` only where that is given. Its end is the load's. */
  curve?: Curve;
}

/**
 * How large a run is. Scale multiplies people, rooms, rates, shares and budgets; a longer load keeps the rates, so that
 * what adds up over time (arrivals, and a drop's shares with them) grows in proportion and the mix stays. Throws PlanError.
 */
export function sizeOf(workload: Workload, options: SizeOptions): Size {
  const scale = options.scale ?? workload.scale;
  const seconds = options.curve?.at(-1)!.atSecond ?? options.seconds ?? workload.seconds;
  assertNumbers(workload, scale, seconds);
  const own = options.curve && multiplied(options.curve, options.scale ?? 1);
  const rooms = workload.rooms ? sizeRooms(workload.rooms, scale, seconds, own) : [];
  const crowd = workload.crowd && sizeCrowd(workload, scale, seconds, workload.rooms ? undefined : own);
  const inRooms = rooms.reduce((sum, part) => sum + part.rooms * (1 + part.members + part.watchers), 0);
  const inCrowd = crowd ? crowd.people + crowd.watchers : 0;
  const sockets = inRooms + inCrowd;
  if (sockets > AUDIENCE_IDS_MAX)
    throw new PlanError(
      `${workload.name} at scale ${scale} needs ${sockets} people, and a run has at most ${AUDIENCE_IDS_MAX}: choose a smaller --scale.`,
    );
  const vus = Math.min(Math.max(Math.ceil(sockets / SOCKETS_PER_VU), VUS_MIN), VUS_MAX);
  return {
    ...{ scale, seconds, tailSeconds: TAIL_SECONDS, sockets, rooms, crowd },
    connectSeconds: Math.ceil(inRooms / JOINS_PER_SECOND + inCrowd / CONNECTS_PER_SECOND),
    // The k-th tap comes from VU k mod `vus`: each needs somebody of the crowd.
    vus: crowd ? Math.min(vus, crowd.people) : vus,
    storms: (workload.storms ?? []).map(({ at, percent }) => ({ atSecond: at * seconds, percent })),
  };
}

function assertNumbers(workload: Workload, scale: number, seconds: number): void {
  if (!(scale > 0) || !Number.isFinite(scale))
    throw new PlanError(`--scale must be a number above 0, not ${scale}.`);
  if (!(seconds >= SECONDS_MIN && seconds <= SECONDS_MAX))
    throw new PlanError(`The load must last ${SECONDS_MIN} to ${SECONDS_MAX} seconds, not ${seconds}.`);
  if (!workload.rooms && !workload.crowd)
    throw new PlanError(`${workload.name} has neither rooms nor a crowd.`);
}

/** Shares of 2.6 on average are packets of 2 and of 3: rooms and sends are divided so that the average holds. */
function sizeRooms(rooms: RoomsWorkload, scale: number, seconds: number, own?: Curve): SizedRooms[] {
  const sends = own ?? curveOf(rooms.sends, seconds, scale);
  const count = Math.max(1, Math.round(rooms.rooms * scale));
  const { shares } = rooms.packet;
  const few = Math.floor(shares);
  const withMore = shares - few;
  if (withMore === 0) return [roomsOf(rooms, few, count, sends)];
  const roomsWithMore = Math.max(1, Math.round(count * withMore));
  return [
    roomsOf(rooms, few, Math.max(1, count - roomsWithMore), multiplied(sends, 1 - withMore)),
    roomsOf(rooms, few + 1, roomsWithMore, multiplied(sends, withMore)),
  ];
}

function roomsOf(rooms: RoomsWorkload, shares: number, count: number, sends: Curve): SizedRooms {
  const share = rooms.packet.amount / rooms.packet.shares;
  if (!(share >= 1))
    throw new PlanError(
      `A packet of ${rooms.packet.amount} fen for ${rooms.packet.shares} people has less than 1 fen a share.`,
    );
  const amount = Math.floor(share + 1e-9) * shares;
  // One packet more than planned, so that no rounding leaves a sender a packet short.
  const fundEach = (Math.ceil(arrivalsOf(sends) / count) + 1) * amount;
  return { ...rooms, rooms: count, packet: { ...rooms.packet, shares, amount }, sends, fundEach };
}

function sizeCrowd(
  { name, crowd, seconds: ownSeconds }: Workload,
  scale: number,
  seconds: number,
  own?: Curve,
): SizedCrowd {
  const { people, watchers, drops } = crowd!;
  return {
    people: Math.max(VUS_MIN, Math.round(people * scale)),
    watchers: watchers > 0 ? Math.max(1, Math.round(watchers * scale)) : 0,
    drops: drops.map((drop, k) => {
      const taps = own ? tapsOf(own, drops, k, seconds) : curveOf(drop.taps, seconds, scale);
      if (taps.length === 0)
        throw new PlanError(
          `The curve has no arrivals for the drop of ${name} at second ${drop.at * seconds}.`,
        );
      const factor = totalOf(taps) / totalOf(curveOf(drop.taps, ownSeconds, 1));
      const end = seconds + TAIL_SECONDS;
      return sizeDrop(drop, { factor, stretch: seconds / ownSeconds, seconds, end, taps });
    }),
  };
}

/** Of a curve of one's own each drop has what comes until the next one opens; the first also what comes before it. */
function tapsOf(own: Curve, drops: DropWorkload[], k: number, seconds: number): Curve {
  const from = k === 0 ? 0 : drops[k]!.at * seconds;
  return partOf(own, from, k + 1 < drops.length ? drops[k + 1]!.at * seconds : seconds);
}
