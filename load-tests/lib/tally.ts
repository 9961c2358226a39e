import { addTime, type Histogram, type PackedHistogram } from '../model/histogram.ts';
import type { CountName, Line, TimeName, UnknownLine, WindowLine, WinsLine } from '../model/lines.ts';

interface Window {
  counts: Map<CountName, number>;
  times: Map<TimeName, Histogram>;
}

/** A line stays readable, and no writer has to hold a huge one. */
const GRABS_PER_LINE_MAX = 500;

/**
 * What one VU counted, by second of the load, printed as lines that add up. A second's line comes once `flush` is told
 * that the second is over; what is added to it afterwards (the times of slow answers) comes as a further line.
 */
export class Tally {
  private readonly windows = new Map<number, Window>();
  private wins: WinsLine['wins'] = [];
  private unknown: UnknownLine['grabs'] = [];
  private last: Window | undefined;
  private lastSecond = NaN;

  constructor(
    private readonly vu: number,
    private readonly print: (line: string) => void,
  ) {}

  count(second: number, name: CountName, n = 1): void {
    const { counts } = this.windowOf(second);
    counts.set(name, (counts.get(name) ?? 0) + n);
  }

  time(second: number, name: TimeName, ms: number): void {
    const { times } = this.windowOf(second);
    let histogram = times.get(name);
    if (!histogram) times.set(name, (histogram = new Map()));
    addTime(histogram, ms);
  }

  win(packetId: string, person: number, ordinal: number, amount: number): void {
    this.wins.push([packetId, person, ordinal, amount]);
  }

  unanswered(packetId: string, person: number): void {
    this.unknown.push([packetId, person]);
  }

  /** Prints the wins and unknown grabs so far, and the windows of the seconds before `second`. */
  flush(second: number): void {
    for (; this.wins.length > 0; this.wins = this.wins.slice(GRABS_PER_LINE_MAX))
      this.say({ k: 'wins', wins: this.wins.slice(0, GRABS_PER_LINE_MAX) });
    for (; this.unknown.length > 0; this.unknown = this.unknown.slice(GRABS_PER_LINE_MAX))
      this.say({ k: 'unknown', grabs: this.unknown.slice(0, GRABS_PER_LINE_MAX) });
    this.windows.forEach((window, s) => {
      if (s >= second) return;
      this.windows.delete(s);
      this.sayWindow(s, window);
    });
    this.lastSecond = NaN;
  }

  say(line: Line): void {
    this.print(JSON.stringify(line));
  }

  // By `forEach` throughout: in k6 a step of an iterator takes ten times as long, and every VU does this every second.
  private sayWindow(s: number, window: Window): void {
    const counts: WindowLine['counts'] = {};
    window.counts.forEach((n, name) => {
      counts[name] = n;
    });
    const times: WindowLine['times'] = {};
    window.times.forEach((histogram, name) => {
      const packed: PackedHistogram = [];
      histogram.forEach((n, bucket) => packed.push(bucket, n));
      times[name] = packed;
    });
    this.say({ k: 'window', vu: this.vu, s, counts, times });
  }

  private windowOf(second: number): Window {
    if (second === this.lastSecond) return this.last!;
    let window = this.windows.get(second);
    if (!window) this.windows.set(second, (window = { counts: new Map(), times: new Map() }));
    this.lastSecond = second;
    this.last = window;
    return window;
  }
}
