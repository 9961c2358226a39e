import { setTimeout as delay } from 'node:timers/promises';
import { childPids, type ExitStatus } from '@app/local-stack';

/** A process that is up, a store or one of the service's own. */
export interface Running {
  pid: number;
  exited: Promise<ExitStatus>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

const AGAIN_MS = 250;

/**
 * One process of the stack. Whatever ends without being told to is started again, as `npm start` and any orchestrator do;
 * only `kill` and `stop` leave it down, until `start`.
 */
export class Part {
  private running: Running | undefined;
  private wanted = false;
  private again: Promise<void> = Promise.resolve();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly name: string,
    private readonly startOnce: (isFirst: boolean) => Promise<Running>,
    private readonly on: { note: (line: string) => void; ended: () => void },
  ) {}

  get isUp(): boolean {
    return this.running !== undefined;
  }

  /** Of Postgres the postmaster and its children, read at this moment. */
  get pids(): number[] {
    if (!this.running) return [];
    const { pid } = this.running;
    return this.name === 'postgres' ? [pid, ...childPids(pid)] : [pid];
  }

  /** One fault after another has it for itself. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => {});
    return mine;
  }

  async start(isFirst = false): Promise<void> {
    this.wanted = true;
    this.watch(await this.startOnce(isFirst));
  }

  /** SIGKILL, of Postgres also to its children; it stays down. */
  kill(): Promise<void> {
    return this.end((running) => running.kill());
  }

  /** In order; it stays down. */
  stop(): Promise<void> {
    return this.end((running) => running.stop());
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    for (const pid of this.pids) {
      try {
        process.kill(pid, name);
      } catch {
        // a child that ended meanwhile
      }
    }
  }

  private async end(how: (running: Running) => Promise<void>): Promise<void> {
    this.wanted = false;
    await this.again;
    const { running } = this;
    this.running = undefined;
    if (running) await how(running);
  }

  private watch(running: Running): void {
    this.running = running;
    void running.exited.then(({ code, signal }) => {
      if (this.running !== running) return;
      this.running = undefined;
      if (!this.wanted) return;
      this.on.note(`${this.name} ended by itself (${signal ?? `exit code ${code}`}), and is started again`);
      this.on.ended();
      this.again = this.startAgain();
    });
  }

  private async startAgain(): Promise<void> {
    while (this.wanted) {
      try {
        return this.watch(await this.startOnce(false));
      } catch (error) {
        this.on.note(`${this.name} did not start: ${(error as Error).message.split('\n')[0]}`);
        await delay(AGAIN_MS);
      }
    }
  }
}
