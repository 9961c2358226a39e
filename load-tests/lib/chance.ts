/**
 * Seeded chance: the same numbers for the same seed, on any machine and in any number of processes. A draw that is made
 * for one thing (a send, a person) is seeded by that thing, so that it depends neither on time nor on what others drew.
 */
export class Chance {
  private state: number;

  constructor(...seeds: number[]) {
    this.state = seeds.reduce((state, seed) => mix((state ^ seed) + WEYL), 0);
  }

  /** From 0 up to, and without, 1. */
  next(): number {
    this.state = (this.state + WEYL) | 0;
    return (mix(this.state) >>> 0) / 4_294_967_296;
  }

  /** From 0 up to, and without, `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** `count` different ones in the order drawn, or all there are. `items` stays as it is. */
  some<T>(items: readonly T[], count: number): T[] {
    const left = items.slice();
    const chosen = Math.min(count, left.length);
    for (let k = 0; k < chosen; k += 1) {
      const at = k + this.below(left.length - k);
      const drawn = left[at]!;
      left[at] = left[k]!;
      left[k] = drawn;
    }
    return left.slice(0, chosen);
  }
}

/** The golden ratio in 32 bits: adding it steps through all of them, and `mix` takes the regularity out. */
const WEYL = 0x9e3779b9;

/** Every bit of the result depends on every bit of the input (the finishing steps of MurmurHash3). */
function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
