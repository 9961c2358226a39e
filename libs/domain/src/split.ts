import { sha1 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Shares made by one block of split-v1; the last block of a packet may hold fewer. */
export const SHARES_PER_BLOCK = 1_000;

const DIGITS_PER_DRAW = 13;
const DRAWS_PER_HASH = 3;
const DRAW_RANGE = 2 ** 52;

/** What a split is made of: `amount` into `count` shares of `min` to `max` each, all in minor units. */
export interface SplitTerms {
  amount: number;
  count: number;
  min: number;
  max: number;
}

/** One block: shares `firstShare` to `firstShare + count - 1` (from 0) make up `amount`. */
export interface SplitBlock {
  index: number;
  firstShare: number;
  amount: number;
  count: number;
}

/** Throws a RangeError unless `min·count ≤ amount ≤ max·count`, all whole and positive. */
export function assertSplittable({ amount, count, min, max }: SplitTerms): void {
  const whole = [amount, count, min, max].every((value) => Number.isSafeInteger(value) && value >= 1);
  if (
    !whole ||
    BigInt(min) * BigInt(count) > BigInt(amount) ||
    BigInt(amount) > BigInt(max) * BigInt(count)
  ) {
    throw new RangeError(`cannot split ${amount} into ${count} shares of ${min} to ${max}`);
  }
}

export function blockCount(count: number): number {
  return Math.ceil(count / SHARES_PER_BLOCK);
}

/** The bounds of block `index`. BigInt because `amount·count` may pass 2^53. */
export function splitBlock({ amount, count }: SplitTerms, index: number): SplitBlock {
  const blocks = BigInt(blockCount(count));
  const shareEnd = (b: bigint) => (BigInt(count) * b) / blocks;
  const amountEnd = (b: bigint) => (BigInt(amount) * shareEnd(b)) / BigInt(count);
  const from = BigInt(index);
  return {
    index,
    firstShare: Number(shareEnd(from)),
    count: Number(shareEnd(from + 1n) - shareEnd(from)),
    amount: Number(amountEnd(from + 1n) - amountEnd(from)),
  };
}

/** The draws of one block, in order: whole numbers between two bounds, both included. */
function drawsOf(seed: string, block: number): (lo: number, hi: number) => number {
  let drawn = 0;
  let digits = '';
  return (lo, hi) => {
    const place = drawn % DRAWS_PER_HASH;
    if (place === 0) {
      digits = bytesToHex(sha1(utf8ToBytes(`${seed}:${block}:${Math.floor(drawn / DRAWS_PER_HASH)}`)));
    }
    drawn += 1;
    const start = place * DIGITS_PER_DRAW;
    const u = Number.parseInt(digits.slice(start, start + DIGITS_PER_DRAW), 16) / DRAW_RANGE;
    return lo + Math.floor(u * (hi - lo + 1));
  };
}

/** The shares of one block in grab order. The same arithmetic as `armBlock` in Lua; a test holds both to the vectors. */
export function sharesOfBlock(seed: string, block: SplitBlock, { min, max }: SplitTerms): number[] {
  const between = drawsOf(seed, block.index);
  const shares: number[] = [];
  let rest = block.amount;
  for (let left = block.count; left >= 2; left -= 1) {
    const lo = Math.max(min, rest - max * (left - 1));
    const hi = Math.min(Math.floor((2 * rest) / left) - min, max, rest - min * (left - 1));
    const share = between(lo, Math.max(hi, lo));
    shares.push(share);
    rest -= share;
  }
  shares.push(rest);
  for (let i = block.count; i >= 2; i -= 1) {
    const j = between(1, i);
    [shares[i - 1], shares[j - 1]] = [shares[j - 1]!, shares[i - 1]!];
  }
  return shares;
}

/**
 * split-v1 whole: `count` shares in grab order that sum to `amount`. `seed` is 64 lower-case hex characters.
 * A fixed packet is the same split with `min = max = amount / count`. Source: docs/fairness.md, with its test vectors.
 */
export function splitLucky(seed: string, terms: SplitTerms): number[] {
  assertSplittable(terms);
  const shares: number[] = [];
  for (let index = 0; index < blockCount(terms.count); index += 1) {
    for (const share of sharesOfBlock(seed, splitBlock(terms, index), terms)) shares.push(share);
  }
  return shares;
}
