/**
 * Every decision of a run, one number each. By a seed, or those of an earlier run given again; where they end, and where one
 * was taken out, it is 0, which always is what happens without faults and in order. So a run can be made simpler by
 * setting its numbers to 0.
 */
export class Choices {
  readonly made: number[] = [];
  private state: number;

  constructor(
    seed: number,
    private readonly given?: readonly number[],
  ) {
    this.state = seed;
  }

  /** 0 to `bound` - 1. */
  below(bound: number): number {
    if (bound <= 1) return 0;
    const made = this.given ? (this.given[this.made.length] ?? 0) % bound : Math.floor(this.next() * bound);
    this.made.push(made);
    return made;
  }

  /** So often in a hundred; never where the number is 0. */
  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent;
  }

  /** mulberry32 */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}
