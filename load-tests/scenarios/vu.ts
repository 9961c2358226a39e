import type { Agenda } from '../lib/agenda.ts';
import type { Chance } from '../lib/chance.ts';
import type { LoadClock } from '../lib/clock.ts';
import type { Tally } from '../lib/tally.ts';
import type { CountName } from '../model/lines.ts';
import type { PlanHead } from './piece.ts';

/** What everybody that one VU plays has in common. */
export class Vu {
  private hasToldOfThrown = false;

  constructor(
    /** From 0. */
    readonly place: number,
    readonly head: PlanHead,
    readonly agenda: Agenda,
    readonly clock: LoadClock,
    readonly tally: Tally,
    /** For what is not part of the plan: jitter. */
    readonly chance: Chance,
  ) {}

  /** In the second of that instant, on this machine's clock. */
  count(atMs: number, name: CountName, n = 1): void {
    this.tally.count(this.clock.secondOf(atMs), name, n);
  }

  /** A bug here must not look like a fault of the service, nor end the VU: it is counted, and told once. */
  readonly threw = (error: unknown): void => {
    this.count(Date.now(), 'error.script');
    if (this.hasToldOfThrown) return;
    this.hasToldOfThrown = true;
    console.error(
      `VU ${this.place + 1}: ${error instanceof Error ? `${error.message} ${error.stack}` : String(error)}`,
    );
  };

  /** From `ms` to one and a half times it: thousands told the same time must not come back together. */
  withJitter(ms: number): number {
    return ms * (1 + this.chance.next() / 2);
  }
}

/** An acknowledgement that refuses: `{error: {code, retryAfterMs?}}`. */
export interface Refused {
  code: string;
  retryAfterMs?: number;
}

/** Refusals that pass by themselves. */
export function passes({ code }: Refused): boolean {
  return code === 'busy' || code === 'rate_limited' || code === 'internal';
}
