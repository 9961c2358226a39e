/** Between the workers of a deployment (libs/ledger's RecoveryTurn); one that is alone needs none. */
export interface Turn {
  /** True when somebody may have checked since it was shared last. */
  share(): Promise<boolean>;
  letGo(): Promise<void>;
  alone<T>(work: () => Promise<T>): Promise<T>;
}

const ALONE: Turn = {
  share: () => Promise.resolve(false),
  letGo: () => Promise.resolve(),
  alone: (work) => work(),
};

/**
 * Claims that workers hold in their memory, between the outbox and the queue or between the queue and COMMIT. A Redis that
 * came back empty does not know them and the ledger not yet: recovery waits until there are none, here and in every other
 * worker, for it would give their ordinals away again.
 */
export class ClaimsInHand {
  private holders = 0;
  private recovering: Promise<void> | undefined;
  private onEmpty: (() => void) | undefined;

  constructor(private readonly turn: Turn = ALONE) {}

  /** Waits while recovery runs. `waited`: it may have run since, and what was read before is not to be relied on. */
  async hold<T>(work: (waited: boolean) => Promise<T>): Promise<T> {
    let waited = false;
    while (this.recovering) {
      waited = true;
      await this.recovering;
    }
    this.holders += 1;
    try {
      waited = (await this.turn.share()) || waited;
      return await work(waited);
    } finally {
      this.holders -= 1;
      if (this.holders === 0) this.onEmpty?.();
    }
  }

  /** Runs when nothing is held, and lets nothing be taken up meanwhile. One at a time: whoever comes second waits. */
  async withNone<T>(recover: () => Promise<T>): Promise<T> {
    while (this.recovering) await this.recovering;
    let end = () => {};
    this.recovering = new Promise((resolve) => {
      end = resolve;
    });
    try {
      if (this.holders > 0) {
        await new Promise<void>((resolve) => {
          this.onEmpty = resolve;
        });
      }
      return await this.turn.alone(recover);
    } finally {
      this.onEmpty = undefined;
      this.recovering = undefined;
      end();
    }
  }

  /** For a worker that does not see the Redis that another one may want to check: what it holds none of, it keeps from nobody. */
  async letGo(): Promise<void> {
    if (this.holders === 0 && !this.recovering) await this.turn.letGo();
  }
}
