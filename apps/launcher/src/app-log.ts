import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const FILE_BYTES_MAX = 20_000_000;
const TAIL_CHARS_MAX = 4_000;
/** Errors that reach the terminal, within one window; a store that is down makes thousands. */
const ECHOES_MAX = 3;
const ECHO_WINDOW_MS = 10_000;
const ECHO_CHARS_MAX = 240;

/**
 * The output of one process: in a file of at most 20 MB and one older one, its end in memory for error messages, its
 * errors to the terminal.
 */
export class AppLog {
  readonly #file: string;
  readonly #echo: (line: string) => void;
  #fd: number;
  #bytes = 0;
  #tail = '';
  #partial = '';
  #echoes = 0;
  #windowEndsMs = 0;

  constructor(file: string, echo: (line: string) => void) {
    this.#file = file;
    this.#echo = echo;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#fd = this.#rotate();
  }

  write(chunk: string): void {
    if (this.#bytes > FILE_BYTES_MAX) {
      closeSync(this.#fd);
      this.#fd = this.#rotate();
    }
    this.#bytes += writeSync(this.#fd, chunk);
    this.#tail = (this.#tail + chunk).slice(-TAIL_CHARS_MAX);
    const lines = (this.#partial + chunk).split('\n');
    this.#partial = (lines.pop() ?? '').slice(-TAIL_CHARS_MAX);
    for (const line of lines) if (/"level":("?error|"?fatal|[56]\d)/.test(line)) this.#echoError(line);
  }

  /** The last lines, for the one who asks why it failed. */
  tail(linesMax: number): string {
    return this.#tail.trimEnd().split('\n').slice(-linesMax).join('\n');
  }

  close(): void {
    closeSync(this.#fd);
  }

  #rotate(): number {
    if (existsSync(this.#file)) renameSync(this.#file, `${this.#file}.1`);
    this.#bytes = 0;
    return openSync(this.#file, 'a', 0o600);
  }

  #echoError(line: string): void {
    const nowMs = performance.now();
    if (nowMs > this.#windowEndsMs) {
      this.#echoes = 0;
      this.#windowEndsMs = nowMs + ECHO_WINDOW_MS;
    }
    this.#echoes++;
    if (this.#echoes <= ECHOES_MAX) this.#echo(describe(line).slice(0, ECHO_CHARS_MAX));
    if (this.#echoes === ECHOES_MAX) this.#echo(`more errors may follow in ${this.#file}`);
  }
}

function describe(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return [msg, err?.message].filter((text, index, all) => text && all.indexOf(text) === index).join(': ');
  } catch {
    return line;
  }
}
