import type { RevocationsRead, RevocationView } from '@app/contracts';
import type { Revocations } from './revocations.js';

/** How late a revocation may be known to a process; each reading is one look into an index. */
const READ_EVERY_MS = 1_000;
/** In a row. Fewer are those of a start: gateway and api begin at the same time. */
const FAILURES_UNTOLD = 2;

export interface RevocationWatchOptions {
  /** All there are, or those since the `asOf` of the last reading. */
  read: (since: string | undefined) => Promise<RevocationsRead>;
  onNews?: (news: RevocationView[]) => void;
  /** From the third failure in a row on. */
  onError: (error: Error) => void;
}

/**
 * Keeps a process's `Revocations` up to date. By asking and not by pushes: a push that is lost would leave a revoked token
 * good for as long as the process lives.
 */
export class RevocationWatch {
  private since: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private failures = 0;

  constructor(
    private readonly revocations: Revocations,
    private readonly options: RevocationWatchOptions,
  ) {}

  /** After the first reading, whether it worked or not. */
  async start(): Promise<void> {
    await this.look();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    try {
      const { asOf, revocations } = await this.options.read(this.since);
      const news = this.revocations.learn(revocations);
      this.since = asOf;
      this.failures = 0;
      if (news.length > 0) this.options.onNews?.(news);
    } catch (error) {
      this.failures += 1;
      if (this.failures > FAILURES_UNTOLD) this.options.onError(error as Error);
    }
    if (this.isStopped) return;
    this.timer = setTimeout(() => void this.look(), READ_EVERY_MS);
    this.timer.unref();
  }
}
