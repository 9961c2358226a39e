import { setTimeout as delay } from 'node:timers/promises';
import type { ExitStatus } from '@app/local-stack';

/** A process that is up. */
export interface Running {
  pid: number;
  exited: Promise<ExitStatus>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

const BACKOFF_MS_MIN = 250;
const BACKOFF_MS_MAX = 10_000;
/** One that ran this long before it died is taken to be sound: the next wait is short again. */
const SOUND_MS = 60_000;

/** Keeps one process up: a death that nobody asked for is said and followed by a new start, ever later. */
export class Supervised {
  readonly #stopping = new AbortController();
  #running: Running | undefined;
  #loop: Promise<void> | undefined;

  constructor(
    readonly name: string,
    private readonly startOnce: (signal: AbortSignal) => Promise<Running>,
    private readonly on: { pid: (pid: number) => void; note: (line: string) => void },
  ) {}

  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /** The first start; throws when it fails. */
  async start(signal: AbortSignal): Promise<void> {
    this.#running = await this.startOnce(AbortSignal.any([signal, this.#stopping.signal]));
    this.on.pid(this.#running.pid);
    this.#loop = this.#keepUp(this.#running);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.stop();
    await this.#loop;
  }

  kill(): void {
    this.#stopping.abort();
    void this.#running?.kill();
  }

  async #keepUp(first: Running): Promise<void> {
    const { signal } = this.#stopping;
    let running: Running | undefined = first;
    let startedMs = performance.now();
    let backoffMs = BACKOFF_MS_MIN;
    while (!signal.aborted) {
      if (running) {
        const { code, signal: killedBy } = await running.exited;
        if (signal.aborted) return;
        if (performance.now() - startedMs > SOUND_MS) backoffMs = BACKOFF_MS_MIN;
        this.on.note(`${this.name} ended (${killedBy ?? `exit code ${code}`}), starting it again`);
      }
      try {
        await delay(backoffMs, undefined, { signal });
        backoffMs = Math.min(backoffMs * 2, BACKOFF_MS_MAX);
        startedMs = performance.now();
        running = this.#running = await this.startOnce(signal);
        this.on.pid(running.pid);
        this.on.note(`${this.name} is up again`);
      } catch (error) {
        running = undefined;
        if (signal.aborted) return;
        this.on.note(`${this.name} did not start: ${(error as Error).message}`);
      }
    }
  }
}
