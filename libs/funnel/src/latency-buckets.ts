import type { LatencyView } from '@app/contracts';

/** Each bucket ends a tenth above the one before, so a quantile read from them is off by less than that. */
const GROWTH = 1.1;
const FIRST_UPPER_MS = 0.5;
/** The last one takes all that is slower: from 0.5 ms times 1.1 to the 126th, some 82 s. */
export const LATENCY_BUCKETS = 128;
const LOG_GROWTH = Math.log(GROWTH);

export function latencyBucketOf(ms: number): number {
  if (!(ms > FIRST_UPPER_MS)) return 0;
  return Math.min(Math.ceil(Math.log(ms / FIRST_UPPER_MS) / LOG_GROWTH), LATENCY_BUCKETS - 1);
}

/** Quantiles in milliseconds, by interpolation within the bucket; undefined when nothing was counted. */
export function latencyViewOf(counts: readonly number[]): LatencyView | undefined {
  const count = counts.reduce((sum, n) => sum + n, 0);
  if (count === 0) return undefined;
  const at = (quantile: number) => Math.round(quantileMs(counts, quantile * count) * 100) / 100;
  return { count, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function quantileMs(counts: readonly number[], rank: number): number {
  let before = 0;
  for (const [bucket, n] of counts.entries()) {
    if (n > 0 && before + n >= rank) {
      const lower = upperMs(bucket - 1);
      return lower + (upperMs(bucket) - lower) * ((rank - before) / n);
    }
    before += n;
  }
  return upperMs(counts.length - 1);
}

function upperMs(bucket: number): number {
  // Nothing is known of how slow the last bucket's are: its lower bound stands for all of them.
  return bucket < 0 ? 0 : FIRST_UPPER_MS * GROWTH ** Math.min(bucket, LATENCY_BUCKETS - 2);
}
