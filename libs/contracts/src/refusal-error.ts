import type { ErrorCode } from './errors.js';

/**
 * A refusal with one of our codes, thrown where a request is handled and turned into an answer at its edge, and thrown by
 * clients for such an answer. Without the table of codes, whose English words no page needs: `detail`, or the code alone.
 */
export class RefusalError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly options: {
      detail?: string;
      retryAfterMs?: number;
      issues?: { path: string; message: string }[];
    } = {},
  ) {
    super(options.detail ?? code);
    this.name = 'RefusalError';
  }
}
