import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';

export type { Logger } from 'pino';

/** JSON lines. Ids only: never a token, a name, a message or a seed; what slips in under these names is cut out. */
export function makeLogger(
  app: string,
  level: string,
  into: DestinationStream = pino.destination(1),
): Logger {
  const options: LoggerOptions = {
    name: app,
    level,
    base: { app },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: plainError },
    redact: {
      paths: [
        'token',
        'seed',
        'authorization',
        '*.token',
        '*.seed',
        '*.authorization',
        'headers.authorization',
      ],
      censor: '[cut]',
    },
  };
  return pino(options, into);
}

/** What a person needs of an error. A failed query carries its parameters and rows: seeds, and what people wrote. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const { code } = error as { code?: unknown };
  const cause = error.cause === undefined ? {} : { cause: plainError(error.cause) };
  return { type: name, message, ...(code === undefined ? {} : { code }), stack, ...cause };
}

/** Nest's own lines in the same form. Its start-up chatter is `debug`. */
export function nestLogger(logger: Logger): LoggerService {
  const line =
    (level: 'debug' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...rest: unknown[]) => {
      const context = rest.length > 0 ? String(rest.at(-1)) : undefined;
      if (message instanceof Error) logger[level]({ err: message, context });
      else logger[level]({ context }, typeof message === 'string' ? message : JSON.stringify(message));
    };
  return {
    log: line('debug'),
    error: line('error'),
    warn: line('warn'),
    debug: line('debug'),
    verbose: line('debug'),
    fatal: line('fatal'),
  };
}

const SAME_LINE_QUIET_MS = 5_000;

/** One line for a fault that repeats (a store that is away), at most every five seconds for each key. */
export function quietly(log: (key: string, error: Error) => void): (key: string, error: Error) => void {
  const last = new Map<string, number>();
  return (key, error) => {
    const now = Date.now();
    const id = `${key}:${error.message}`;
    if (now - (last.get(id) ?? 0) < SAME_LINE_QUIET_MS) return;
    if (last.size > 1_000) last.clear();
    last.set(id, now);
    log(key, error);
  };
}
