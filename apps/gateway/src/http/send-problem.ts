import type { Response } from 'express';
import { ERRORS, type ErrorCode, type Problem } from '@app/contracts';

/** What the gateway itself refuses, as the api would say it. */
export function sendProblem(response: Response, code: ErrorCode, retryAfterMs?: number): void {
  const { status, message } = ERRORS[code];
  const problem: Problem = {
    type: `urn:hongbao:error:${code}`,
    title: message,
    status,
    code,
    detail: message,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) }),
  });
  response.end(JSON.stringify(problem));
}
