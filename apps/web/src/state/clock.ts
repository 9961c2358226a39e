/** One exchange with the server: when it was asked and answered by this machine's clock, and what the server's clock said. */
export interface ClockSample {
  askedAt: number;
  answeredAt: number;
  serverTimeMs: number;
}

/**
 * Server time minus this machine's, in milliseconds. Of several exchanges the quickest is right to within half of the
 * time it took; an average would let one slow answer spoil the others.
 */
export function bestOffset(samples: readonly ClockSample[]): number {
  let best = 0;
  let quickest = Infinity;
  for (const { askedAt, answeredAt, serverTimeMs } of samples) {
    const took = answeredAt - askedAt;
    // This machine's clock was set in between: the exchange says nothing.
    if (took < 0 || took >= quickest) continue;
    quickest = took;
    best = serverTimeMs - (askedAt + took / 2);
  }
  return best;
}
