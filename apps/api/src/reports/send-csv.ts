import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { Logger } from '@app/observability';

/**
 * Sends a CSV to be saved as `<name>.csv`, written as fast as it is read and no faster. What fails before the first line is
 * thrown, to be answered as a problem; later the connection breaks off, for a file that ends early must not look whole.
 */
export async function sendCsv(
  response: Response,
  name: string,
  pieces: AsyncGenerator<string>,
  logger: Logger,
): Promise<void> {
  const begun = [await pieces.next(), await pieces.next()];
  response.setHeader('Content-Type', 'text/csv; charset=utf-8');
  response.setHeader('Content-Disposition', `attachment; filename="${name}.csv"`);
  response.setHeader('Cache-Control', 'no-store');
  const all = async function* () {
    for (const { value, done } of begun) if (!done) yield value as string;
    yield* pieces;
  };
  // Whoever went away while it was written is not missed.
  let isGone = false;
  response.once('close', () => {
    isGone = !response.writableFinished;
  });
  await pipeline(all, response).catch((error: Error) => {
    if (!isGone) logger.warn({ err: error, file: name }, 'a CSV broke off');
  });
}
