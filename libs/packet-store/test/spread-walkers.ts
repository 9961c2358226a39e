import { randomUUID } from 'node:crypto';
import {
  GrabBatcher,
  packetRefOf,
  SpreadGrabs,
  type ArmOrder,
  type Grab,
  type GrabVerdict,
  type PacketStore,
  type PacketTerms,
} from '../src/index.js';
import { orderOf, type Bench } from './conformance.js';

/** With a way to lose one partition of a packet, as if its Redis had come back empty. */
export interface SpreadBench extends Bench {
  lose(packetId: string, partition: number): Promise<void>;
}

/** Three blocks and three partitions of 700 shares, unless told otherwise. */
export function spreadOrder(terms: Partial<PacketTerms> = {}, change: Partial<ArmOrder> = {}): ArmOrder {
  const count = terms.count ?? 2_100;
  const amount = terms.amount ?? count * 50;
  return orderOf({ packetId: randomUUID(), count, amount, max: 1_000, partitions: 3, ...terms }, change);
}

/** What a gateway is made of, as far as grabs go. */
export function makeWalker(store: Pick<PacketStore, 'grab' | 'roundOf'>, grabsPerCallMax = 256): SpreadGrabs {
  const limits = { grabsPerCallMax, grabsWaitingMax: 1_000_000 };
  return new SpreadGrabs(new GrabBatcher(store, limits, () => undefined), store);
}

/** All at once, each entry a user whose gates are met, or a grab; verdicts in the same order. */
export function walkAll(
  walker: SpreadGrabs,
  terms: PacketTerms,
  entries: readonly (string | Grab)[],
): Promise<GrabVerdict[]> {
  const ref = packetRefOf(terms);
  return Promise.all(
    entries.map((entry) => {
      const grab: Grab = typeof entry === 'string' ? { userId: entry, mark: 'met' } : entry;
      return new Promise<GrabVerdict>((answer) => walker.submit(ref, grab, answer));
    }),
  );
}

/** Each verdict as one word: its reason where it has one, otherwise its outcome. */
export const wordsOf = (verdicts: readonly GrabVerdict[]): string[] =>
  verdicts.map((one) => ('reason' in one && one.reason ? one.reason : one.outcome));

export function tallyOf(verdicts: readonly GrabVerdict[]): Record<string, number> {
  const tally: Record<string, number> = {};
  for (const word of wordsOf(verdicts)) tally[word] = (tally[word] ?? 0) + 1;
  return tally;
}
