import type { PackedHistogram } from './histogram.ts';

/**
 * What a k6 process prints, one JSON object a line, into its `--console-output` file. Lines add up: any number of
 * them, of any VU and process, in any order, give the run. Times are milliseconds.
 */
export type Line = ReadyLine | WindowLine | WinsLine | UnknownLine | EndLine;

/** A VU has connected who it could, before the load begins. */
export interface ReadyLine {
  k: 'ready';
  vu: number;
  connected: number;
  /** By error code, or `timeout`, or `closed`. */
  failed: Record<string, number>;
}

/** What happened in one second `s` of the load, as far as the VU knows; later lines may add to the same second. */
export interface WindowLine {
  k: 'window';
  vu: number;
  s: number;
  counts: Partial<Record<CountName, number>>;
  times: Partial<Record<TimeName, PackedHistogram>>;
}

/**
 * Of the second in which the thing was due: `offered` (grabs), `sends`. Of the second in which it came: `answered` and
 * the rest. `outcome.*`: what a grab was answered, in the interface's words, or `error` (a refusal with a code) or
 * `unknown` (no answer in time, or cut off). `error.*`: refusals by code, of any request, and `error.unknown`.
 * `push.*`: messages heard by event.
 */
export type CountName =
  | 'offered'
  | 'answered'
  | 'sends'
  | 'sent'
  | 'connects'
  | 'disconnects'
  | `outcome.${string}`
  | `error.${string}`
  | `push.${string}`;

/**
 * Of the second in which the thing was due. `grab.*`: from the instant at which the tap was due to its answer, so that
 * waiting for a slow answer before is counted too. `send`: the same of a send. `push`: from a packet's opensAt to a
 * person hearing of it. `settlement`: from hearing `won` to hearing `wallet:changed` of it. `late`: from due to written by k6: its
 * own delay. `connect`, `reconnect`: from the attempt (or the cut) to being signed in and joined.
 */
export type TimeName = `grab.${Traffic}` | 'send' | 'push' | 'settlement' | 'late' | 'connect' | 'reconnect';

/**
 * Kinds of traffic that cost differently: `open` won a share; `soldOut` heard `empty` or `closed`; `duplicate` heard `already`;
 * `refused` heard `not_eligible` or `not_open`; `failed` heard `busy`, an error, or nothing.
 */
export const TRAFFIC = ['open', 'soldOut', 'duplicate', 'refused', 'failed'] as const;
export type Traffic = (typeof TRAFFIC)[number];

/** Every win that was acknowledged: packet, index of the person in the plan, ordinal, amount. */
export interface WinsLine {
  k: 'wins';
  wins: [packetId: string, person: number, ordinal: number, amount: number][];
}

/** Grabs that got no answer: won or not, nobody here knows. */
export interface UnknownLine {
  k: 'unknown';
  grabs: [packetId: string, person: number][];
}

/** A VU played its part to the end. */
export interface EndLine {
  k: 'end';
  vu: number;
}

export function trafficOf(outcome: string): Traffic {
  switch (outcome) {
    case 'won':
      return 'open';
    case 'empty':
    case 'closed':
      return 'soldOut';
    case 'already':
      return 'duplicate';
    case 'not_eligible':
    case 'not_open':
      return 'refused';
    default:
      return 'failed';
  }
}
