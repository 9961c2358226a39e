import type { EventEmitter } from 'node:events';

/** A download, or an upload over a slow line, must not keep its owner from everything else. */
const PLACE_MS_MAX = 100;

interface Line {
  /** Requests that have a place at the api. */
  placed: number;
  /** In the order in which they came. */
  waiting: Set<() => void>;
}

/**
 * Requests of one caller go to the api a few at a time, the rest in line behind them: a thousand at once then cost their sender
 * time and nobody else (docs/decisions/0017, with what others waited). A request has its place until it is answered, or for 100 ms.
 */
export class RequestLines {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly atOnceMax: number) {}

  /** Calls `begin` when it is this request's turn; never, should `response` be closed before. */
  take(caller: string, response: EventEmitter, begin: () => void): void {
    let line = this.lines.get(caller);
    if (!line) this.lines.set(caller, (line = { placed: 0, waiting: new Set() }));
    const { waiting } = line;
    const enter = () => {
      this.place(caller, line, response);
      begin();
    };
    if (line.placed < this.atOnceMax) return enter();
    waiting.add(enter);
    response.once('close', () => waiting.delete(enter));
  }

  private place(caller: string, line: Line, response: EventEmitter): void {
    line.placed += 1;
    let isPlaced = true;
    const giveOn = () => {
      if (!isPlaced) return;
      isPlaced = false;
      clearTimeout(timer);
      line.placed -= 1;
      this.letNextIn(caller, line);
    };
    const timer = setTimeout(giveOn, PLACE_MS_MAX);
    response.once('close', giveOn);
  }

  private letNextIn(caller: string, line: Line): void {
    const [next] = line.waiting;
    if (next) {
      line.waiting.delete(next);
      next();
    } else if (line.placed === 0) this.lines.delete(caller);
  }
}
