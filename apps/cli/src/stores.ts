import pg from 'pg';
import { connectMoney, whenReady, type Redis } from '@app/redis';
import type { FoundDeployment } from './find-deployment.js';

const CONNECT_MS_MAX = 5_000;
const READY_MS_MAX = 6_000;

/** Says which store does not answer, where, and why, in one line. */
export class StoreError extends Error {}

export interface OpenStores {
  pool: pg.Pool;
  money: Redis;
  queue: Redis;
  close(): Promise<void>;
}

/** Connections that are there, or a StoreError: nothing here waits for a store to come back. */
export async function openStores({ databaseUrl, moneyUrl, queueUrl }: FoundDeployment): Promise<OpenStores> {
  const pool = new pg.Pool({
    ...{ connectionString: databaseUrl, max: 1, connectionTimeoutMillis: CONNECT_MS_MAX },
    application_name: 'hongbao-audit',
  });
  // A server that goes away also rejects the query that waits; without a listener it would end the process.
  pool.on('error', () => undefined);
  const opened: Redis[] = [];
  const close = async () => {
    for (const client of opened) client.disconnect();
    await pool.end();
  };
  try {
    await named('Postgres', databaseUrl, () => pool.query('SELECT 1'));
    const money = await named('Redis', moneyUrl, () => openRedis(moneyUrl, opened));
    const queue =
      queueUrl === moneyUrl ? money : await named('Redis', queueUrl, () => openRedis(queueUrl, opened));
    return { pool, money, queue, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** As a money connection for both roles: it gives up on a command where the queues' would wait for Redis to come back. */
async function openRedis(url: string, opened: Redis[]): Promise<Redis> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Redis>((resolve, reject) => {
      // One that still reads its file answers, but is not ready.
      timer = setTimeout(() => reject(new Error(`not ready within ${READY_MS_MAX} ms`)), READY_MS_MAX);
      // A node of a cluster that is away ("money node") is no reason: another one may serve its slots.
      const client = connectMoney(url, (role, error) => role === 'money' && reject(error));
      opened.push(client);
      client.once('ready', () => whenReady(client, READY_MS_MAX).then(() => resolve(client), reject));
    });
  } finally {
    clearTimeout(timer);
  }
}

async function named<T>(store: string, url: string, connect: () => Promise<T>): Promise<T> {
  try {
    return await connect();
  } catch (error) {
    throw new StoreError(`${store} at ${hostOf(url)} does not answer: ${reasonOf(error)}`);
  }
}

/** Without the password. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'a URL that can not be read';
}

/** Node gives a refused connection to several addresses as an AggregateError without a message. */
export function reasonOf(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const { message, code } = inner as NodeJS.ErrnoException;
  return (message || code || String(inner)).split('\n')[0]!;
}
