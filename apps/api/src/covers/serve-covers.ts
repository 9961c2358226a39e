import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';
import { RefusalError } from '@app/contracts';
import { problemOf } from '../http/problem.filter.js';
import { ApiParts } from '../parts.js';
import { CoverPictures } from './cover-pictures.js';

const COVER_SECONDS = 31_536_000;
const BUSY_RETRY_MS = 1_000;

/**
 * The pictures at /covers/<coverId>.webp, for anyone: they show on packets, also on pages of the host app. An id stands
 * for one picture for ever. Register before the pages, which answer every other path that a browser may open.
 */
export function serveCovers(app: NestExpressApplication): void {
  const { dataSource, config, logger } = app.get(ApiParts);
  const pictures = new CoverPictures(async (coverId) => {
    const image = `SELECT image FROM covers WHERE cover_id = $1`;
    const [row] = await dataSource.query<{ image: Buffer }[]>(image, [coverId]);
    return row?.image;
  }, config.ADDRESS_REQUESTS_PER_10_SECONDS);

  app.use('/covers', (request: Request, response: Response, next: () => void) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    pictures
      .find(request.path, request.ip ?? 'unknown')
      .catch((error: unknown) => {
        logger.warn({ err: error }, 'a cover could not be read');
        return new RefusalError('busy', { retryAfterMs: BUSY_RETRY_MS });
      })
      .then((found) => (found instanceof RefusalError ? refuse(response, found) : send(response, found)))
      .catch(next);
  });
}

function send(response: Response, image: Buffer): void {
  response
    .set({
      'Cache-Control': `public, max-age=${COVER_SECONDS}, immutable`,
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    })
    .type('image/webp')
    .send(image);
}

function refuse(response: Response, refusal: RefusalError): void {
  const problem = problemOf(refusal);
  const { retryAfterMs } = problem;
  if (retryAfterMs !== undefined) response.set('Retry-After', String(Math.ceil(retryAfterMs / 1_000)));
  response
    .status(problem.status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problem));
}
