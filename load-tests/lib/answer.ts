import type { Awaited } from './agenda.ts';

/** What became of a request. Instants are epoch milliseconds, with fractions: when the frame was read. */
export type Answer = Answered | Unanswered;

export class Answered {
  readonly kind = 'answered';

  constructor(
    /** The arguments as they came: a JSON array. */
    readonly text: string,
    readonly atMs: number,
  ) {}

  /** The first argument, parsed when it is asked for. */
  get value(): unknown {
    return (JSON.parse(this.text) as unknown[])[0];
  }
}

/** Whether the server did it is unknown. `closed`: there was no connection, or it was lost meanwhile. */
export interface Unanswered {
  kind: 'unanswered';
  why: 'timeout' | 'closed';
  atMs: number;
}

/** A request under way. */
export class Request implements Awaited {
  constructor(
    readonly id: number,
    readonly event: string,
    readonly sentMs: number,
    readonly dueMs: number,
    /** Taken away once it was called. */
    public settled: ((answer: Answer) => void) | undefined,
    private readonly expired: (request: Request) => void,
  ) {}

  get isSettled(): boolean {
    return this.settled === undefined;
  }

  expire(): void {
    this.expired(this);
  }
}
