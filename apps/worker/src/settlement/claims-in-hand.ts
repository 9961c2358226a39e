/**
 * Claims that this process holds in its memory, between the outbox and the queue or between the queue and COMMIT. A
 * Redis that came back empty does not know them and the ledger not yet: recovery waits until there are none, for it would
 * give their ordinals away again.
 */
export class ClaimsInHand {
  private holders = 0;
  private recovering: Promise<void> | undefined;
  private onEmpty: (() => void) | undefined;

  /** Waits while recovery runs. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    while (this.recovering) await this.recovering;
    this.holders += 1;
    try {
      return await work();
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
      return await recover();
    } finally {
      this.onEmpty = undefined;
      this.recovering = undefined;
      end();
    }
  }
}
