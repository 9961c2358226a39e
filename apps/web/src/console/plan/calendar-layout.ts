import { addDays, startOfDay } from './instants.js';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const HOURS_SHOWN_MIN = 4;

export interface Entry {
  id: string;
  /** Epoch milliseconds. */
  at: number;
}

/** Where an entry stands in its day's column: minutes from midnight, and its lane of `lanes` side by side. */
export interface Placed<E extends Entry> {
  entry: E;
  minute: number;
  lane: number;
  lanes: number;
}

export function minuteOf(at: number): number {
  return (at - startOfDay(at)) / MINUTE_MS;
}

export function entriesOfDay<E extends Entry>(entries: readonly E[], dayMs: number): E[] {
  const end = addDays(dayMs, 1);
  return entries.filter(({ at }) => at >= dayMs && at < end).sort((a, b) => a.at - b.at);
}

/** Entries that would cover each other stand side by side; `headMinutes`: how long a block's text needs. */
export function placeEntries<E extends Entry>(ofDay: readonly E[], headMinutes: number): Placed<E>[] {
  const placed: Placed<E>[] = [];
  let cluster: Placed<E>[] = [];
  let ends: number[] = [];
  for (const entry of ofDay) {
    const minute = minuteOf(entry.at);
    if (cluster.length > 0 && ends.every((end) => end <= minute)) {
      cluster = [];
      ends = [];
    }
    const free = ends.findIndex((end) => end <= minute);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = minute + headMinutes;
    const one = { entry, minute, lane, lanes: 1 };
    cluster.push(one);
    placed.push(one);
    for (const each of cluster) each.lanes = ends.length;
  }
  return placed;
}

export interface Hours {
  from: number;
  to: number;
}

/** Whole hours that hold the campaign on these days: an evening is drawn large, several days from midnight to midnight. */
export function hoursShown(days: readonly number[], startsAt: number, endsAt: number): Hours {
  let [from, to] = [DAY_MINUTES, 0];
  for (const day of days) {
    const next = addDays(day, 1);
    if (startsAt >= next || endsAt <= day) continue;
    from = Math.min(from, Math.max(0, (startsAt - day) / MINUTE_MS));
    to = Math.max(to, Math.min(DAY_MINUTES, (endsAt - day) / MINUTE_MS));
  }
  if (to <= from) return { from: 0, to: 24 };
  const first = Math.floor(from / 60);
  const last = Math.min(24, Math.max(Math.ceil(to / 60), first + 1));
  const missing = Math.max(0, HOURS_SHOWN_MIN - (last - first));
  const earlier = Math.min(first, Math.ceil(missing / 2));
  return { from: first - earlier, to: Math.min(24, last + missing - earlier) };
}

/** The instant of a minute of a day, to the nearest `stepMinutes`, by the clock on the wall. */
export function instantAt(dayMs: number, minute: number, stepMinutes: number): number {
  const rounded = Math.round(minute / stepMinutes) * stepMinutes;
  return new Date(dayMs).setHours(0, Math.min(DAY_MINUTES - 1, Math.max(0, rounded)), 0, 0);
}

export function keepWithin(at: number, startsAt: number, endsAt: number): number {
  return Math.min(endsAt, Math.max(startsAt, at));
}

/** The part of a day's column, in minutes, that the campaign covers; null when none. */
export function windowOf(
  dayMs: number,
  startsAt: number,
  endsAt: number,
): { from: number; to: number } | null {
  const from = Math.max(0, (startsAt - dayMs) / MINUTE_MS);
  const to = Math.min(DAY_MINUTES, (endsAt - dayMs) / MINUTE_MS);
  return to > from ? { from, to } : null;
}
