import type { NextFunction, Request, Response } from 'express';
import { bodyBytesMax } from '@app/contracts';
import { sendProblem } from './send-problem.js';

/** Whoever sends on regardless is read, and thrown away, for so long: hung up on at once, many would not see the answer. */
const LINGER_MS = 1_000;

/**
 * A body that says that it is too large is answered at once, and not handed on. One of unknown length is counted by the api
 * as it is read.
 */
export function refuseLargeBodies(request: Request, response: Response, next: NextFunction): void {
  if (Number(request.headers['content-length'] ?? 0) <= bodyBytesMax(request.path)) {
    next();
    return;
  }
  sendProblem(response, 'payload_too_large');
  const hangUp = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(hangUp));
}
