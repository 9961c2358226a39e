import type { z } from 'zod';
import { RefusalError, toSocketError, type SocketError } from '@app/contracts';
import type { Logger } from '@app/observability';

const BUSY_RETRY_MS = 1_000;
/** As ioredis and Redis say that a command was not done, or not in time. */
const STORE_AWAY =
  /timed out|connection is closed|isn't writeable|max retries|OOM command|LOADING|CLUSTERDOWN|READONLY|MASTERDOWN/i;

export type Reply = ((answer: unknown) => void) | undefined;

/**
 * One request of a socket, from its bytes to its one answer: checked by its schema, handled, acknowledged. A refusal is
 * `{error}` in the acknowledgement; whoever asked for none gets it as `request:refused`. Nothing thrown gets past here.
 */
export async function answer<S extends z.ZodType>(
  {
    socket,
    reply,
    logger,
  }: { socket: { emit(event: string, ...args: unknown[]): unknown }; reply: Reply; logger: Logger },
  schema: S,
  payload: unknown,
  handle: (request: z.output<S>) => Promise<unknown>,
): Promise<void> {
  let result: unknown;
  try {
    const parsed = schema.safeParse(payload);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new RefusalError('invalid_request', {
        detail: `${issue?.path.join('.') || 'payload'}: ${issue?.message}`,
      });
    }
    result = await handle(parsed.data);
  } catch (error) {
    result = errorAnswer(error, logger);
    if (typeof reply !== 'function') socket.emit('request:refused', result);
  }
  if (typeof reply === 'function') reply(result);
}

/** What a client is told of an error; one that is no refusal is logged, and told without its words. */
export function errorAnswer(error: unknown, logger: Logger): SocketError {
  if (error instanceof RefusalError) return toSocketError(error);
  if (STORE_AWAY.test((error as Error)?.message))
    return toSocketError(new RefusalError('busy', { retryAfterMs: BUSY_RETRY_MS }));
  logger.error({ err: error }, 'a socket request failed');
  return toSocketError(new RefusalError('internal'));
}
