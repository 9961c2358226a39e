import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from '@app/observability';

/** One line for each request at `debug`, for each server error at `warn`: method, route, status, time. No bodies, no names. */
export function logRequests(logger: Logger) {
  return (request: Request, response: Response, next: NextFunction) => {
    const startedMs = performance.now();
    const requestId = randomUUID();
    response.locals.requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.on('finish', () => {
      const level = response.statusCode >= 500 ? 'warn' : 'debug';
      const ms = Math.round(performance.now() - startedMs);
      logger[level](
        { requestId, method: request.method, path: request.path, status: response.statusCode, ms },
        'request',
      );
    });
    next();
  };
}
