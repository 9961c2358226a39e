/** Milliseconds at the quantiles of `timesUs`, which is sorted in place. */
export function quantilesMs(timesUs: number[]): { p50: number; p99: number; p999: number } {
  timesUs.sort((a, b) => a - b);
  const at = (q: number) =>
    (timesUs[Math.min(timesUs.length - 1, Math.floor(q * timesUs.length))] ?? Number.NaN) / 1_000;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}
