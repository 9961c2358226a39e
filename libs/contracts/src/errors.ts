import type { RefusalError } from './refusal-error.js';

/**
 * Every code that a client can see, on HTTP (`code` of an RFC 9457 problem) and on sockets (`error.code`).
 * Codes are stable; the English message may change, and the pages translate by code.
 */
export const ERRORS = {
  invalid_request: { status: 400, message: 'The request is not well formed.' },
  idempotency_key_missing: {
    status: 400,
    message: 'Send an Idempotency-Key of 1 to 128 printable characters with every call that moves money.',
  },
  unsupported_currency: { status: 400, message: 'This currency is not offered here.' },
  share_out_of_range: {
    status: 400,
    message: 'Each share must lie between the smallest and the largest share allowed.',
  },
  too_many_shares: { status: 400, message: 'The packet has more shares than this room allows.' },
  amount_not_divisible: {
    status: 400,
    message: 'The amount of a fixed packet must divide evenly by its number of shares.',
  },
  gates_not_offered: {
    status: 400,
    message: 'Packets sent into a room carry no task gates; those belong to campaigns.',
  },
  cover_not_found: { status: 400, message: 'There is no such cover, or it is not valid now, or used up.' },
  audience_not_found: { status: 400, message: 'There is no such room or list.' },
  not_an_image: { status: 400, message: 'Send a PNG, JPEG or WebP picture.' },
  drop_outside_campaign: {
    status: 400,
    message: 'A drop opens between the start and the end of its campaign, and not in the past.',
  },
  unauthorized: { status: 401, message: 'Sign in again: the token is missing, expired or not valid.' },
  last_owner: {
    status: 409,
    message: 'A tenant keeps at least one owner. Make somebody else an owner first.',
  },
  forbidden: { status: 403, message: 'Your role does not allow this.' },
  origin_refused: { status: 403, message: 'Pages of this origin may not connect here.' },
  not_found: { status: 404, message: 'It does not exist, or is not meant for you.' },
  insufficient_funds: {
    status: 409,
    message: 'The wallet holds less than this amount. Top it up and try again.',
  },
  over_budget: {
    status: 409,
    message: 'The drops together would give more than the budget. Raise the budget or plan less.',
  },
  wrong_state: { status: 409, message: 'The campaign is not in a state that allows this.' },
  not_editable: { status: 409, message: 'This can no longer be changed: the campaign is scheduled.' },
  not_closed: { status: 409, message: 'The proof is published when the packet is closed.' },
  payload_too_large: { status: 413, message: 'The request body is too large.' },
  idempotency_conflict: {
    status: 422,
    message: 'This Idempotency-Key was used before with another body. Take a new key.',
  },
  rate_limited: { status: 429, message: 'Too many requests. Wait and try again.' },
  reading_too_slow: {
    status: 429,
    message: 'Your connection did not keep up with what happened here. Connect again.',
  },
  internal: { status: 500, message: 'Something went wrong on our side. Asking again is safe.' },
  busy: { status: 503, message: 'Busy right now. Asking again after the stated time is safe.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** The body of every HTTP error, `application/problem+json` (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  retryAfterMs?: number;
  /** One line for each field that was refused. */
  issues?: { path: string; message: string }[];
}

/** The acknowledgement of a socket request that was refused. */
export interface SocketError {
  error: { code: ErrorCode; message: string; retryAfterMs?: number };
}

/** What a person is told of a refusal. */
export function messageOf({ code, options }: RefusalError): string {
  return options.detail ?? ERRORS[code].message;
}

export function toSocketError(refusal: RefusalError): SocketError {
  const { retryAfterMs } = refusal.options;
  return {
    error: {
      code: refusal.code,
      message: messageOf(refusal),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  };
}
