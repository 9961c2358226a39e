/** One exchange with the server: when it was asked and answered by this machine's clock, and what the server's clock said. */
export interface ClockSample {
  askedAt: number;
  answeredAt: number;
  serverTimeMs: number;
}

/** Server time minus this machine's, and how far off that may be, in milliseconds. */
export interface Offset {
  aheadMs: number;
  errorMs: number;
}

/** Enough that one of them meets no queue on the way; together a few hundred bytes. */
const SAMPLES = 4;
/** Quartz drifts by up to 50 millionths: 15 ms in this time. Whoever waits longer for an instant asks again. */
const SYNCED_MS = 5 * 60_000;
/** Nobody asks when there is no time left to hear the answer. */
const SYNC_MS_MAX = 5_000;

/**
 * Of several exchanges the quickest is right to within half of the time it took; an average would let one slow answer spoil
 * the others. Undefined: none of them says anything.
 */
export function bestOffset(samples: readonly ClockSample[]): Offset | undefined {
  let best: Offset | undefined;
  for (const { askedAt, answeredAt, serverTimeMs } of samples) {
    const errorMs = (answeredAt - askedAt) / 2;
    // This machine's clock was set in between: the exchange says nothing.
    if (errorMs < 0 || errorMs >= (best?.errorMs ?? Infinity)) continue;
    best = { aheadMs: serverTimeMs - (askedAt + errorMs), errorMs };
  }
  return best;
}

interface Planned {
  instantMs: number;
  run: () => void;
  timer?: ReturnType<typeof setTimeout>;
}

/** The server's clock, as far as it is known here. Instants and times are epoch milliseconds. */
export class ServerClock {
  private offset: Offset = { aheadMs: 0, errorMs: Infinity };
  private syncedAt = -Infinity;
  private syncing: Promise<void> | undefined;
  private readonly planned = new Set<Planned>();
  private readonly listeners: ((aheadMs: number) => void)[] = [];

  /** `ask`: `clock:sync`. `localNow`: this machine's clock, however wrong it may be. */
  constructor(
    private readonly ask: () => Promise<{ serverTimeMs: number }>,
    private readonly localNow: () => number = Date.now,
  ) {}

  /** This machine's own time until the first exchange. */
  now(): number {
    return this.localNow() + this.offset.aheadMs;
  }

  /** Half of the time that the quickest exchange took: `now` is right to within this. Infinity before the first. */
  get errorMs(): number {
    return this.offset.errorMs;
  }

  /** Somebody has asked for the server's time, so it is worth asking again after a lost connection. */
  get isUsed(): boolean {
    return this.syncing !== undefined || this.offset.errorMs < Infinity || this.planned.size > 0;
  }

  /** Told with each better offset (server time minus this machine's). */
  onChanged(listener: (aheadMs: number) => void): void {
    this.listeners.push(listener);
  }

  /**
   * Some exchanges, one after the other; what was known before counts no more. Resolves also when none was answered: that
   * costs the clock's accuracy, nothing else. Those who ask meanwhile share it.
   */
  sync(): Promise<void> {
    return (this.syncing ??= this.exchange().finally(() => (this.syncing = undefined)));
  }

  /**
   * Runs `run` once, when the server's clock shows `instantMs`, or at once when that has passed. Asks for the server's time
   * first when it is not known, and again on the way when the wait is long. Gives a function that calls it off.
   */
  at(instantMs: number, run: () => void): () => void {
    const planned: Planned = { instantMs, run };
    this.planned.add(planned);
    if (this.isFresh()) this.arm(planned);
    else void this.sync().then(() => this.arm(planned));
    return () => this.drop(planned);
  }

  /** Nothing planned runs any more. */
  stop(): void {
    for (const planned of this.planned) this.drop(planned);
  }

  private async exchange(): Promise<void> {
    const samples: ClockSample[] = [];
    try {
      while (samples.length < SAMPLES) {
        const askedAt = this.localNow();
        const { serverTimeMs } = await this.ask();
        samples.push({ askedAt, answeredAt: this.localNow(), serverTimeMs });
        // Anything is better than nothing; later ones must not be worse than what there is.
        if (this.offset.errorMs === Infinity) this.take(bestOffset(samples));
      }
    } catch {
      // The next connection asks again.
    }
    this.take(bestOffset(samples));
  }

  private take(offset: Offset | undefined): void {
    if (!offset) return;
    this.offset = offset;
    this.syncedAt = this.localNow();
    for (const tell of this.listeners) tell(offset.aheadMs);
    for (const planned of this.planned) this.arm(planned);
  }

  private isFresh(): boolean {
    const ageMs = this.localNow() - this.syncedAt;
    return ageMs >= 0 && ageMs < SYNCED_MS;
  }

  private arm(planned: Planned): void {
    if (!this.planned.has(planned)) return;
    clearTimeout(planned.timer);
    const leftMs = planned.instantMs - this.now();
    if (leftMs <= 0) {
      this.planned.delete(planned);
      planned.run();
      return;
    }
    // Timers may come a fraction early, which is why it looks again. Spread, or all who heard of a drop would ask together.
    const wakeMs = leftMs < SYNCED_MS ? leftMs : SYNCED_MS * (0.5 + Math.random() / 2);
    planned.timer = setTimeout(() => this.wake(planned), Math.ceil(wakeMs));
  }

  private wake(planned: Planned): void {
    if (planned.instantMs - this.now() > SYNC_MS_MAX && !this.isFresh())
      void this.sync().then(() => this.arm(planned));
    else this.arm(planned);
  }

  private drop(planned: Planned): void {
    clearTimeout(planned.timer);
    this.planned.delete(planned);
  }
}
