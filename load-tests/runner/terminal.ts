/** What of a stream is needed to write to it. */
export interface Output {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const COLUMNS_DEFAULT = 80;
const PLAIN_EVERY_MS = 5_000;
const ERASE_TO_END = '\u001B[K';
const ERASE_BELOW = '\u001B[J';

/**
 * Lines that stay, and below them, on a terminal, a block that is redrawn in place. Each draw is one write that overwrites line
 * by line, so that nothing flickers. Elsewhere a block is one plain line every five seconds.
 */
export class Terminal {
  private drawn = 0;
  private plainAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly out: Output = process.stdout) {}

  get columns(): number {
    return Math.max(40, this.out.columns || COLUMNS_DEFAULT);
  }

  line(text: string): void {
    this.out.write(`${this.toTop()}${this.out.isTTY && this.drawn ? ERASE_BELOW : ''}${text}\n`);
    this.drawn = 0;
  }

  /** `plain`: what a log gets in its place. */
  block(lines: () => string[], plain: () => string): void {
    if (this.out.isTTY) {
      const fitting = lines().map((line) => line.slice(0, this.columns - 1));
      const text = fitting.map((line) => `${line}${ERASE_TO_END}\n`).join('');
      this.out.write(`${this.toTop()}${text}${ERASE_BELOW}`);
      this.drawn = fitting.length;
    } else if (performance.now() - this.plainAtMs >= PLAIN_EVERY_MS) {
      this.plainAtMs = performance.now();
      this.out.write(`${plain()}\n`);
    }
  }

  /** What is drawn stays as it is. */
  keep(): void {
    this.drawn = 0;
    this.plainAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Of something that is made or read: so many of so many. */
  progress(what: string, done: number, of: number): void {
    const text = `  ${what}: ${number(done)} of ${number(of)}`;
    this.block(
      () => [text],
      () => text,
    );
  }

  private toTop(): string {
    return this.out.isTTY && this.drawn > 0 ? `\u001B[${this.drawn}A\r` : '';
  }
}

export function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
