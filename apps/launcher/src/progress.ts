/** Where the launcher says what it does. */
export interface Reporter {
  /** Runs `work` as one visible step. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  note(line: string): void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const ERASE_LINE = '\r\u001B[2K';

/** What of a stream is needed to write to it. */
interface Output {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/**
 * Lines with the time since the start. On a terminal, one live line below shows what runs at the moment; elsewhere each
 * step has a line when it begins too, so that a log never looks stuck.
 */
export class ConsoleReporter implements Reporter {
  readonly #startedMs = performance.now();
  readonly #running = new Set<string>();
  readonly #out: Output;
  #timer: NodeJS.Timeout | undefined;
  #frame = 0;

  constructor(out: Output = process.stdout) {
    this.#out = out;
  }

  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    const beganMs = performance.now();
    this.#running.add(title);
    if (this.#out.isTTY) this.#timer ??= setInterval(() => this.#draw(), FRAME_MS);
    else this.note(title);
    try {
      const result = await work();
      this.#end(title);
      this.note(`${title}: done in ${seconds(performance.now() - beganMs)}`);
      return result;
    } catch (error) {
      this.#end(title);
      this.note(`${title}: ended after ${seconds(performance.now() - beganMs)} without success`);
      throw error;
    }
  }

  note(line: string): void {
    this.line(`${seconds(performance.now() - this.#startedMs).padStart(8)}  ${line}`);
  }

  /** A line as it is, without the time. */
  line(text: string): void {
    this.#out.write(`${this.#out.isTTY && this.#timer ? ERASE_LINE : ''}${text}\n`);
  }

  #draw(): void {
    const frame = FRAMES[this.#frame++ % FRAMES.length];
    const text = `${seconds(performance.now() - this.#startedMs).padStart(8)}  ${frame} ${[...this.#running].join(', ')}`;
    this.#out.write(`${ERASE_LINE}${text.slice(0, (this.#out.columns || 80) - 1)}`);
  }

  #end(title: string): void {
    this.#running.delete(title);
    if (this.#running.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#out.write(ERASE_LINE);
  }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
