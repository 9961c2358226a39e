import { randomInt } from 'node:crypto';

/** Odds are told to a hundredth of a percent. */
const PARTS = 10_000;

/** One try of a shake: whether it hits, with `oddsPercent` (0.01 to 100). From the system's random source. */
export function shakeHits(oddsPercent: number): boolean {
  return randomInt(PARTS) < Math.round((oddsPercent * PARTS) / 100);
}
