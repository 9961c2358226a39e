/**
 * Times in milliseconds, counted in buckets that each end 4 % above the one before: a quantile is off by at most that,
 * and histograms of several VUs and processes add up, which percentiles don't.
 */
const GROWTH = 1.04;
const FIRST_UPPER_MS = 0.1;
/** The last takes all that is slower than some 2 minutes. */
export const BUCKETS = 360;
const LOG_GROWTH = Math.log(GROWTH);

export function bucketOf(ms: number): number {
  if (!(ms > FIRST_UPPER_MS)) return 0;
  return Math.min(Math.ceil(Math.log(ms / FIRST_UPPER_MS) / LOG_GROWTH), BUCKETS - 1);
}

/** Bucket → count; sparse. */
export type Histogram = Map<number, number>;

/** Bucket and count in turns, as a line of a k6 process carries it. */
export type PackedHistogram = number[];

export function addTime(histogram: Histogram, ms: number): void {
  const bucket = bucketOf(ms);
  histogram.set(bucket, (histogram.get(bucket) ?? 0) + 1);
}

export function pack(histogram: Histogram): PackedHistogram {
  return [...histogram].flat();
}

export function addPacked(histogram: Histogram, packed: PackedHistogram): void {
  for (let k = 0; k < packed.length; k += 2)
    histogram.set(packed[k]!, (histogram.get(packed[k]!) ?? 0) + packed[k + 1]!);
}

export function countOf(histogram: Histogram): number {
  return [...histogram.values()].reduce((sum, n) => sum + n, 0);
}

/** The upper end, in milliseconds, of the bucket in which the quantile (0 to 1) lies; undefined of none. */
export function quantile(histogram: Histogram, at: number): number | undefined {
  const count = countOf(histogram);
  if (count === 0) return undefined;
  let seen = 0;
  for (const bucket of [...histogram.keys()].toSorted((a, b) => a - b)) {
    seen += histogram.get(bucket)!;
    if (seen >= at * count) return upperMs(bucket);
  }
  return undefined;
}

function upperMs(bucket: number): number {
  return FIRST_UPPER_MS * GROWTH ** Math.min(bucket, BUCKETS - 2);
}
