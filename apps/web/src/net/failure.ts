import type { ErrorCode } from '@app/contracts';

/** The server's codes, and what only this side can see: nobody answered, or no network. */
export type FailureCode = ErrorCode | 'no_answer' | 'offline';

/** A request that did not give what it asked for, over HTTP or socket alike. */
export class Failure extends Error {
  constructor(
    readonly code: FailureCode,
    readonly retryAfterMs?: number,
    readonly issues: { path: string; message: string }[] = [],
  ) {
    super(code);
    this.name = 'Failure';
  }
}

export function failureOf(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('internal');
}
