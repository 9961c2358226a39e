import { between, type Random } from './chance.js';

/** A human hand: seen, moved, tapped. */
const GRAB_DELAY_MS_MIN = 600;
const GRAB_DELAY_MS_MAX = 4_000;
/** A packet of one share can't be left to both sides, so the person gets this head start. */
const SINGLE_SHARE_DELAY_MS_MIN = 1_500;
/** Not every robot looks at every packet. */
const INTEREST = 0.85;

/**
 * Who of the robots tries one packet, and when. They leave a share of any packet of two or more, so never take all of
 * it, in the first second or later; a grab under way counts as taken.
 */
export class GrabPlan {
  private readonly waiting: { robot: number; atMs: number }[];
  private readonly takeMax: number;
  private taken = 0;

  constructor(count: number, robots: readonly number[], nowMs: number, random: Random) {
    this.takeMax = Math.max(1, count - 1);
    const delayMin = count === 1 ? SINGLE_SHARE_DELAY_MS_MIN : GRAB_DELAY_MS_MIN;
    this.waiting = robots
      .filter(() => random() < INTEREST)
      .map((robot) => ({ robot, atMs: nowMs + between(random, delayMin, GRAB_DELAY_MS_MAX) }))
      .sort((a, b) => a.atMs - b.atMs);
  }

  /** Whose turn it is, each once. */
  due(nowMs: number): number[] {
    const robots: number[] = [];
    while (this.waiting[0] && this.waiting[0].atMs <= nowMs) {
      const { robot } = this.waiting.shift()!;
      if (this.taken >= this.takeMax) continue;
      this.taken += 1;
      robots.push(robot);
    }
    return robots;
  }

  /** A grab that `due` asked for has definitely won nothing. */
  release(): void {
    this.taken -= 1;
  }

  get over(): boolean {
    return this.waiting.length === 0;
  }
}
