import { randomBytes } from 'node:crypto';
import type { Redis } from '@app/redis';
import type { ScriptName } from './scripts.js';

export type ScriptCaller = (name: ScriptName, ...args: (string | number)[]) => Promise<never>;

/** What a store lends: its connection, its scripts, and which process serves a slot; undefined while that is not known. */
export interface SpreadHost {
  client: Redis;
  call: ScriptCaller;
  runIdOf(slot: number): string | undefined;
}

/** Begins what the gates of a slot, or of a packet that is spread, hold while somebody checks it. */
export const CHECKING = 'checking:';

/** What the gate of a partition holds while it is open. */
export const gateOf = (runId: string, round: string): string => `${runId}:${round}`;
export const roundIn = (gate: string): string => gate.slice(gate.lastIndexOf(':') + 1);

/** A random name for the time between two checks of a packet. */
export const makeRound = (): string => randomBytes(8).toString('hex');

/** From 0. */
export const numbers = (count: number): number[] => Array.from({ length: count }, (_, k) => k);
