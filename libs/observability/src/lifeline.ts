import type { Logger } from 'pino';

/**
 * Stops the process once, in order: on SIGTERM, SIGINT, or when the process that started it is gone (its IPC channel
 * closed). `stop` has `stopSecondsMax`; then the process ends anyway. What throws past every handler is a bug: it is
 * logged and the process stops, for half a state must not go on.
 */
export function lifeline(logger: Logger, stopSecondsMax: number, stop: () => Promise<void>): void {
  let stopping = false;
  const end = (why: string, exitCode: number) => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, 'stopping');
    setTimeout(() => {
      logger.error('not stopped in time');
      process.exit(1);
    }, stopSecondsMax * 1_000).unref();
    stop().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => end('SIGTERM', 0));
  process.on('SIGINT', () => end('SIGINT', 0));
  process.on('disconnect', () => end('parent gone', 0));
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught');
    end('uncaught exception', 1);
  });
  process.on('unhandledRejection', (reason) => {
    logger.fatal({ err: reason }, 'unhandled rejection');
    end('unhandled rejection', 1);
  });
}
