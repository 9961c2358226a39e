import type { Shape } from '../model/workload.ts';

/**
 * An evening drawn from the few figures that are known of it. Clocks are `HH:MM`; those before `from` are of the next
 * day. Rates are arrivals a second.
 */
export interface Evening {
  from: string;
  until: string;
  peak: { perSecond: number; from: string; until: string };
  /** Of the whole window at its real length. */
  total: number;
  /** Heights at other instants, against each other: assumed. One factor for all of them makes the total come out. */
  between: { at: string; height: number }[];
}

const DAY_MINUTES = 1_440;

/**
 * The curve with that peak and that total: what is cited is met exactly, and between stand straight lines through the
 * assumed heights. Throws when no factor can do it, that is when the figures contradict the heights.
 */
export function shapeOfEvening(evening: Evening): Shape {
  const { peak, total, between } = evening;
  const drawn = (factor: number): Shape =>
    [
      { at: peak.from, perSecond: peak.perSecond },
      { at: peak.until, perSecond: peak.perSecond },
      ...between.map(({ at, height }) => ({ at, perSecond: height * factor })),
    ]
      .map(({ at, perSecond }) => ({ at: placeOf(evening, at), perSecond }))
      .toSorted((a, b) => a.at - b.at);
  // The area below grows in proportion to the factor, from what the peak alone has.
  const seconds = secondsOf(evening);
  const [withNone, withOne] = [areaOf(drawn(0)) * seconds, areaOf(drawn(1)) * seconds];
  const factor = (total - withNone) / (withOne - withNone);
  const highest = Math.max(...between.map(({ height }) => height)) * factor;
  if (!(factor >= 0 && highest <= peak.perSecond))
    throw new RangeError(
      `a total of ${total} does not go with a peak of ${peak.perSecond}: factor ${factor}`,
    );
  return drawn(factor);
}

/** Real length of the window. */
export function secondsOf({ from, until }: Pick<Evening, 'from' | 'until'>): number {
  return minutesBetween(from, until) * 60;
}

/** 0 at `from`, 1 at `until`. */
export function placeOf(evening: Pick<Evening, 'from' | 'until'>, clock: string): number {
  return minutesBetween(evening.from, clock) / minutesBetween(evening.from, evening.until);
}

/** What of a shape lies between two places, with the straight line at the cuts. */
export function cutOf(shape: Shape, from: number, until: number): Shape {
  const inside = shape.filter(({ at }) => at > from && at < until);
  return [
    { at: from, perSecond: rateOf(shape, from) },
    ...inside,
    { at: until, perSecond: rateOf(shape, until) },
  ];
}

/** Arrivals over the whole, for each second that it lasts. */
export function areaOf(shape: Shape): number {
  return shape
    .slice(1)
    .reduce((sum, b, k) => sum + ((b.at - shape[k]!.at) * (b.perSecond + shape[k]!.perSecond)) / 2, 0);
}

function rateOf(shape: Shape, at: number): number {
  const next = shape.findIndex((point) => point.at >= at);
  const [a, b] = [shape[next - 1], shape[next]];
  if (!b) return 0;
  if (!a) return b.at === at ? b.perSecond : 0;
  return a.perSecond + ((b.perSecond - a.perSecond) * (at - a.at)) / (b.at - a.at);
}

function minutesBetween(from: string, until: string): number {
  return (minutesOf(until) - minutesOf(from) + DAY_MINUTES) % DAY_MINUTES;
}

function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(':').map(Number);
  return hours! * 60 + minutes!;
}
