import type { Attributes, Segment } from '@app/contracts';

type Condition = NonNullable<Segment['attributes']>[string];

const DAY_MS = 86_400_000;
/** A day's date can be ahead of UTC by up to 14 hours, and a host app's clock ahead of ours by a little. */
const JOINED_AHEAD_MS_MAX = DAY_MS;
const ISO_8601 = /^(\d{4})-(\d{2})-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;

/**
 * Whether all conditions of the segment hold. Values are equal when type and value are: `"1"` is not `1`, and text is
 * compared as it stands. `min` and `max` need a number and include their bounds. `newcomerDays` goes by `joinedAt`: an
 * ISO 8601 date (its start in UTC) or an instant with a zone. An attribute that is missing or of another form, and a
 * segment without a condition, match nobody.
 */
export function matchesSegment(segment: Segment, attributes: Attributes | undefined, nowMs: number): boolean {
  const conditions = Object.entries(segment.attributes ?? {});
  if (!attributes || (conditions.length === 0 && segment.newcomerDays === undefined)) return false;
  for (const [name, condition] of conditions) {
    if (!Object.hasOwn(attributes, name) || !holds(condition, attributes[name])) return false;
  }
  return segment.newcomerDays === undefined || isNewcomer(attributes, segment.newcomerDays, nowMs);
}

function holds(condition: Condition, value: Attributes[string] | undefined): boolean {
  if (value === undefined) return false;
  if (typeof condition !== 'object') return value === condition;
  if ('is' in condition) return condition.is.includes(value);
  const { min = -Infinity, max = Infinity } = condition;
  return typeof value === 'number' && value >= min && value <= max;
}

function isNewcomer(attributes: Attributes, days: number, nowMs: number): boolean {
  const joinedAt = Object.hasOwn(attributes, 'joinedAt') ? attributes['joinedAt'] : undefined;
  const joinedMs = typeof joinedAt === 'string' ? instantMs(joinedAt) : NaN;
  const ageMs = nowMs - joinedMs;
  return ageMs >= -JOINED_AHEAD_MS_MAX && ageMs <= days * DAY_MS;
}

/** NaN for anything else: `Date.parse` alone takes `"1"`, `"Feb 1"`, a 31 February, and an instant in its own zone. */
function instantMs(text: string): number {
  const [, year, month, day] = ISO_8601.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return NaN;
  const isInCalendar = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
  return isInCalendar ? Date.parse(text) : NaN;
}
