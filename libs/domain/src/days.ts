/** A day of a time zone: its first instant, epoch milliseconds, and its date, `2026-11-23`. */
export interface Day {
  startMs: number;
  day: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** No day is longer, whatever its clocks do. */
const DAY_MS_MAX = 26 * HOUR_MS;

/** The days of `timeZone` that the time from `fromMs` to `toMs` touches, in order. */
export function daysOf(fromMs: number, toMs: number, timeZone: string): Day[] {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  const days: Day[] = [{ startMs: startOfDay(fromMs, format), day: format.format(fromMs) }];
  for (;;) {
    const { startMs } = days.at(-1)!;
    const next = startOfDay(startMs + DAY_MS_MAX, format);
    // A day of 26 hours is not over yet where others are at their second: then the next one starts a day later.
    const nextMs = next > startMs ? next : startOfDay(startMs + DAY_MS + DAY_MS_MAX, format);
    if (nextMs > toMs) return days;
    days.push({ startMs: nextMs, day: format.format(nextMs) });
  }
}

function startOfDay(atMs: number, format: Intl.DateTimeFormat): number {
  const day = format.format(atMs);
  let [before, within] = [atMs - DAY_MS_MAX, atMs];
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (format.format(middle) === day) within = middle;
    else before = middle;
  }
  return within;
}
