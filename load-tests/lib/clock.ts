/** One question for the server's time. Both instants are of the asking machine; all epoch milliseconds. */
export interface ClockSample {
  askedMs: number;
  answeredMs: number;
  serverTimeMs: number;
}

/** `serverTimeMs` and `Date.now()` are whole milliseconds, so on average half of one is cut off. */
const CUT_OFF_MS = 0.5;

/**
 * How far the server's clock is ahead, in milliseconds: the median of several questions. 0 when the questions can't tell
 * it from none, so that VUs on the server's own machine agree to the digit.
 */
export function clockOffset(samples: readonly ClockSample[]): number {
  if (samples.length === 0) return 0;
  const offsets = samples.map(
    ({ askedMs, answeredMs, serverTimeMs }) =>
      serverTimeMs + CUT_OFF_MS - (askedMs + CUT_OFF_MS + answeredMs) / 2,
  );
  const offset = median(offsets);
  const wayMs = median(samples.map(({ askedMs, answeredMs }) => answeredMs - askedMs)) / 2;
  return Math.abs(offset) <= wayMs + 2 * CUT_OFF_MS ? 0 : offset;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Instants of the load on this machine's clock. */
export class LoadClock {
  private offset = 0;

  constructor(private readonly startsAtMs: number) {}

  set offsetMs(ms: number) {
    this.offset = ms;
  }

  /** Second 0, here. */
  get startMs(): number {
    return this.startsAtMs - this.offset;
  }

  /** In which second of the load an instant of this machine lies; negative before it. */
  secondOf(hereMs: number): number {
    return Math.floor((hereMs - this.startMs) / 1_000);
  }

  fromServer(serverMs: number): number {
    return serverMs - this.offset;
  }

  at(second: number): number {
    return this.startMs + second * 1_000;
  }
}
