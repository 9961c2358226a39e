const pad = (n: number, digits = 2) => String(n).padStart(digits, '0');

/** What a `datetime-local` field shows: this machine's own time, to the second. */
export function toLocal(at: string | number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  const day = `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** Epoch milliseconds of what such a field holds; null when it holds no whole instant. */
export function msOfLocal(typed: string): number | null {
  if (!/^\d{4,}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(typed)) return null;
  const ms = new Date(typed).getTime();
  return Number.isNaN(ms) ? null : ms;
}

export function isoOfLocal(typed: string): string | null {
  const ms = msOfLocal(typed);
  return ms === null ? null : new Date(ms).toISOString();
}

/** The zone in which instants are typed and shown, with what it is ahead of UTC at `at`: "Asia/Shanghai, UTC+8". */
export function zoneLabel(at = Date.now()): string {
  const ahead = -new Date(at).getTimezoneOffset();
  const hours = Math.floor(Math.abs(ahead) / 60);
  const minutes = Math.abs(ahead) % 60;
  const offset = `UTC${ahead < 0 ? '−' : '+'}${hours}${minutes ? `:${pad(minutes)}` : ''}`;
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return timeZone && timeZone !== 'UTC' ? `${timeZone}, ${offset}` : offset;
}

export type DurationUnit = 's' | 'm' | 'h';
export const UNIT_SECONDS: Record<DurationUnit, number> = { s: 1, m: 60, h: 3_600 };

export interface DurationDraft {
  n: string;
  unit: DurationUnit;
}

/** In the largest unit that gives a whole number. */
export function durationOf(seconds: number): DurationDraft {
  if (seconds > 0 && seconds % 3_600 === 0) return { n: String(seconds / 3_600), unit: 'h' };
  if (seconds > 0 && seconds % 60 === 0) return { n: String(seconds / 60), unit: 'm' };
  return { n: String(seconds), unit: 's' };
}

export function startOfDay(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}

/** By the calendar, not by 24 hours: days in which clocks change are shorter or longer. */
export function addDays(dayMs: number, days: number): number {
  const date = new Date(dayMs);
  date.setDate(date.getDate() + days);
  return date.getTime();
}

/** The Monday of its week. */
export function startOfWeek(ms: number): number {
  const day = startOfDay(ms);
  return addDays(day, -((new Date(day).getDay() + 6) % 7));
}
