import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { ERRORS, messageOf, RefusalError, type ErrorCode, type Problem } from '@app/contracts';
import { ApiParts } from '../parts.js';

/** Every error as RFC 9457 `application/problem+json` with one of our codes; what we did not expect says nothing of itself. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly parts: ApiParts) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) return;
    const refusal = refusalOf(error);
    if (refusal.code === 'internal')
      this.parts.logger.error({ err: error, requestId: response.locals.requestId }, 'request failed');
    const problem = problemOf(refusal);
    if (problem.retryAfterMs !== undefined)
      response.setHeader('Retry-After', Math.ceil(problem.retryAfterMs / 1000));
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

export function problemOf(refusal: RefusalError): Problem {
  const { code, options } = refusal;
  const { status, message: title } = ERRORS[code];
  const { retryAfterMs, issues } = options;
  return {
    type: `urn:hongbao:error:${code}`,
    title,
    status,
    code,
    detail: issues
      ? issues.map((issue) => `${issue.path || 'body'}: ${issue.message}`).join('; ')
      : messageOf(refusal),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(issues ? { issues } : {}),
  };
}

const BY_STATUS: Record<number, ErrorCode> = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'not_found',
  413: 'payload_too_large',
  415: 'invalid_request',
  429: 'rate_limited',
};

/** Postgres away, out of connections, or not done in time: the request may be asked again. */
const BUSY_ERRORS =
  /ECONNREFUSED|ECONNRESET|timeout|terminat|57P0|53300|08006|Connection is closed|writeable|OOM command/i;
const BUSY_RETRY_MS = 1_000;

function refusalOf(error: unknown): RefusalError {
  if (error instanceof RefusalError) return error;
  // Express's own parsers put a status on what they throw.
  const status = error instanceof HttpException ? error.getStatus() : (error as { status?: number }).status;
  const code = BY_STATUS[status ?? 0];
  if (code) return new RefusalError(code);
  const { message = '', code: errno = '' } = error as { message?: string; code?: string };
  if (BUSY_ERRORS.test(`${message} ${errno}`))
    return new RefusalError('busy', { retryAfterMs: BUSY_RETRY_MS });
  return new RefusalError('internal');
}
