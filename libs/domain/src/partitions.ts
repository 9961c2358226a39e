import { blockCount, sharesOfBlock, splitBlock, type SplitBlock, type SplitTerms } from './split.js';

/** One partition's shares take some 1.3 MB of Redis, and its claims 10 MB: a hundred of them can move between nodes. */
export const SHARES_PER_PARTITION_MAX = 100_000;
export const PARTITIONS_MAX = 100;

/** What a campaign asks of its packets that can only be judged where all of them are counted. */
export interface Counting {
  /** It has a cap of any kind. */
  capped: boolean;
  /** A drop of it has a tier for people who never won in it. */
  neverWon: boolean;
  /** The packet's own drop has tiers: one claim for a person over all of them. */
  tiered: boolean;
  /** Over how long the packet's shares are released; 0: all at once. */
  releaseMs: number;
}

/**
 * Whether something is counted about a packet that is true only as long as one script sees every claim: caps, once in a
 * drop, `neverWon`, the release of shares. Partitions lie in several slots, so such a packet stays whole, however large
 * (docs/decisions/0010). All other rules hold on each partition: gates and tries, the audience and its list, onlyUserIds,
 * the pause, shaking.
 */
export function isCounted({ capped, neverWon, tiered, releaseMs }: Counting): boolean {
  return capped || neverWon || tiered || releaseMs > 0;
}

/** Over how many partitions a packet is spread: one for each 100,000 shares, unless something is counted about it. */
export function partitionsFor(count: number, counting: Counting): number {
  return isCounted(counting) ? 1 : Math.ceil(count / SHARES_PER_PARTITION_MAX);
}

/** Throws a RangeError unless every partition has a block. */
export function assertPartitions(count: number, partitions: number): void {
  const blocks = blockCount(count);
  if (!Number.isSafeInteger(partitions) || partitions < 1 || partitions > Math.min(PARTITIONS_MAX, blocks))
    throw new RangeError(`${count} shares in ${blocks} blocks can't be spread over ${partitions} partitions`);
}

/** The blocks of partition `partition` (from 0) of `partitions`, in order: those with `b mod partitions = partition`. */
export function* blocksOfPartition(
  terms: SplitTerms,
  partitions: number,
  partition: number,
): Generator<SplitBlock> {
  for (let b = partition; b < blockCount(terms.count); b += partitions) yield splitBlock(terms, b);
}

/** What a partition holds before anything is taken. */
export function sizeOfPartition(
  terms: SplitTerms,
  partitions: number,
  partition: number,
): { count: number; amount: number } {
  if (partitions === 1) return { count: terms.count, amount: terms.amount };
  let [count, amount] = [0, 0];
  for (const block of blocksOfPartition(terms, partitions, partition)) {
    count += block.count;
    amount += block.amount;
  }
  return { count, amount };
}

/** The partition that share `ordinal` (from 1) of `count` belongs to. */
export function partitionOfOrdinal(count: number, partitions: number, ordinal: number): number {
  // Block b ends before share floor(count·(b + 1) / B), so it is the last b with b < ordinal·B / count.
  return (Math.ceil((ordinal * blockCount(count)) / count) - 1) % partitions;
}

/** The shares of a partition in the order in which it gives them; ordinals are numbers in the whole split. */
export function sharesOfPartition(
  seed: string,
  terms: SplitTerms,
  partitions: number,
  partition: number,
): { ordinal: number; amount: number }[] {
  const shares: { ordinal: number; amount: number }[] = [];
  for (const block of blocksOfPartition(terms, partitions, partition)) {
    for (const [k, amount] of sharesOfBlock(seed, block, terms).entries())
      shares.push({ ordinal: block.firstShare + k + 1, amount });
  }
  return shares;
}
