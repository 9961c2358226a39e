import type { Curve } from '../model/plan.ts';

interface Stretch {
  fromSecond: number;
  seconds: number;
  /** Arrivals due before it. */
  before: number;
  arrivals: number;
  /** Per second at its beginning, and how much more each second later. */
  perSecond: number;
  slope: number;
}

/** When the arrivals of a curve come, by its integral: worked out one by one, for there may be millions. */
export class Arrivals {
  /** How many come in all. */
  readonly count: number;
  private readonly stretches: Stretch[] = [];
  /** Mostly the next is asked for, and it is in the same stretch as the last one. */
  private current = 0;

  constructor(curve: Curve) {
    let before = 0;
    for (let k = 1; k < curve.length; k += 1) {
      const [from, to] = [curve[k - 1]!, curve[k]!];
      const seconds = to.atSecond - from.atSecond;
      if (!(seconds > 0)) continue;
      const arrivals = ((from.perSecond + to.perSecond) / 2) * seconds;
      const slope = (to.perSecond - from.perSecond) / seconds;
      this.stretches.push({
        fromSecond: from.atSecond,
        seconds,
        before,
        arrivals,
        perSecond: from.perSecond,
        slope,
      });
      before += arrivals;
    }
    this.count = Math.max(0, Math.floor(before + ROUNDING + 1 / 2));
  }

  /** The second, a fraction, at which the k-th arrival (from 0) comes; undefined when there are not so many. */
  secondOf(k: number): number | undefined {
    if (k >= this.count) return undefined;
    const due = k + 1 / 2;
    if (this.stretches[this.current]!.before > due) this.current = 0;
    const last = this.stretches.length - 1;
    while (this.current < last && this.endOf(this.current) < due) this.current += 1;
    const { fromSecond, seconds, before, perSecond, slope } = this.stretches[this.current]!;
    return fromSecond + Math.min(seconds, secondsUntil(due - before, perSecond, slope));
  }

  private endOf(stretch: number): number {
    const { before, arrivals } = this.stretches[stretch]!;
    return before + arrivals;
  }
}

/** Sums of fractions: 0.1 ten times over is a little less than 1. */
const ROUNDING = 1e-9;

/** The t at which perSecond·t + slope·t²/2 is `due`; in the form that keeps its digits when the slope is small. */
function secondsUntil(due: number, perSecond: number, slope: number): number {
  if (due <= 0) return 0;
  const root = Math.sqrt(Math.max(0, perSecond * perSecond + 2 * slope * due));
  return (2 * due) / (perSecond + root);
}

/** Which of a part's things a VU plays: those at `places` of every `cycle`, in order, one more with each call; undefined when there are none. */
export function turnsOf(places: readonly number[], cycle: number): () => number | undefined {
  let [turn, from] = [0, 0];
  return () => {
    if (places.length === 0) return undefined;
    if (turn === places.length) {
      turn = 0;
      from += cycle;
    }
    turn += 1;
    return from + places[turn - 1]!;
  };
}
