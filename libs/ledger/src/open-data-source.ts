import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';

const PATIENCE_MS = 60_000;
const RETRY_MS = 500;
/** Away, starting or stopping, or not saying anything; what is wrong with an address or a password stays wrong. */
const AWAY = /ECONNREFUSED|ECONNRESET|ETIMEDOUT|timeout|terminated|57P0[1-3]|starting up|shutting down/i;

/**
 * Connects. A Postgres that is away is asked again for a minute: a process that began meanwhile would end and be begun again and again
 * (seen: an api killed while Postgres was stopped ended four times in 30 s). `onAway` is told each time.
 */
export async function openDataSource(
  dataSource: DataSource,
  onAway: (error: Error) => void,
  patienceMs = PATIENCE_MS,
): Promise<DataSource> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    try {
      return await dataSource.initialize();
    } catch (error) {
      const { code = '', message } = error as Error & { code?: string };
      if (!AWAY.test(`${code} ${message}`) || performance.now() > untilMs) throw error;
      onAway(error as Error);
      await delay(RETRY_MS);
    }
  }
}
