import { addPacked, type Histogram } from '../model/histogram.ts';
import type { Line, ReadyLine, TimeName, UnknownLine, WindowLine, WinsLine } from '../model/lines.ts';

export type Win = WinsLine['wins'][number];
export type UnknownGrab = UnknownLine['grabs'][number];

export interface Second {
  counts: Map<string, number>;
  times: Map<TimeName, Histogram>;
}

/**
 * The run so far, from the lines of every k6 process. Lines add up, so that neither their order nor how they are spread
 * over files changes what comes out.
 */
export class Merged {
  /** By second of the load; those before 0 are of the connecting, those after its end of the tail. */
  readonly seconds = new Map<number, Second>();
  readonly ready = new Map<number, ReadyLine>();
  readonly ended = new Set<number>();
  readonly wins: Win[] = [];
  readonly unknown: UnknownGrab[] = [];
  /** Lines that were none of ours, such as a warning that k6 printed between them. */
  readonly strange: string[] = [];

  addText(text: string): void {
    const line = parseLine(text);
    if (line) this.add(line);
    else if (text.trim() !== '') this.strange.push(text.slice(0, STRANGE_CHARS_MAX));
  }

  add(line: Line): void {
    switch (line.k) {
      case 'ready':
        this.ready.set(line.vu, line);
        return;
      case 'window':
        this.addWindow(line);
        return;
      case 'wins':
        for (const win of line.wins) this.wins.push(win);
        return;
      case 'unknown':
        for (const grab of line.grabs) this.unknown.push(grab);
        return;
      case 'end':
        this.ended.add(line.vu);
    }
  }

  count(second: number, name: string): number {
    return this.seconds.get(second)?.counts.get(name) ?? 0;
  }

  total(name: string): number {
    let sum = 0;
    for (const { counts } of this.seconds.values()) sum += counts.get(name) ?? 0;
    return sum;
  }

  get connected(): number {
    return [...this.ready.values()].reduce((sum, { connected }) => sum + connected, 0);
  }

  /** Those who could not connect before the load, by reason. */
  get failed(): Record<string, number> {
    const failed: Record<string, number> = {};
    for (const line of this.ready.values())
      for (const [reason, n] of Object.entries(line.failed)) failed[reason] = (failed[reason] ?? 0) + n;
    return failed;
  }

  private addWindow({ s, counts, times }: WindowLine): void {
    let second = this.seconds.get(s);
    if (!second) this.seconds.set(s, (second = { counts: new Map(), times: new Map() }));
    for (const [name, n] of Object.entries(counts))
      second.counts.set(name, (second.counts.get(name) ?? 0) + (n ?? 0));
    for (const [name, packed] of Object.entries(times) as [TimeName, number[]][]) {
      let histogram = second.times.get(name);
      if (!histogram) second.times.set(name, (histogram = new Map()));
      addPacked(histogram, packed);
    }
  }
}

const STRANGE_CHARS_MAX = 500;
const KINDS: readonly string[] = ['ready', 'window', 'wins', 'unknown', 'end'] satisfies Line['k'][];

function parseLine(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Line | null;
    return KINDS.includes(line?.k ?? '') ? (line as Line) : undefined;
  } catch {
    return undefined;
  }
}
