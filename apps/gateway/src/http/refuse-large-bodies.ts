import type { NextFunction, Request, Response } from 'express';
import { bodyBytesMax } from '@app/contracts';
import { sendProblem } from './send-problem.js';

/** Whoever sends on regardless is read, and thrown away, for so long: hung up on at once, many would not see the answer. */
const LINGER_MS = 1_000;

/**
 * A body that is too large is answered as soon as that is known: by what it says, and then it is not handed on, or by what
 * has come of it. The api's parser reads all of what it refuses before it says so; a body without end would be read for as
 * long as a request may take.
 */
export function refuseLargeBodies(request: Request, response: Response, next: NextFunction): void {
  const bytesMax = bodyBytesMax(request.path);
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) {
    refuse(request, response);
    return;
  }
  if (request.headers['transfer-encoding'] !== undefined) countBody(request, response, bytesMax);
  next();
}

function countBody(request: Request, response: Response, bytesMax: number): void {
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bytesMax) return;
    request.off('data', count);
    request.unpipe();
    if (!response.headersSent) refuse(request, response);
  };
  request.on('data', count);
  // It flows when it is handed on.
  request.pause();
}

function refuse(request: Request, response: Response): void {
  sendProblem(response, 'payload_too_large');
  request.resume();
  const hangUp = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(hangUp));
}
