import type pg from 'pg';

/** A check of a large ledger reads whole tables; the service's own limit of 20 s is for requests. */
const STATEMENT_MS_MAX = 15 * 60_000;

/** Reads at one instant of Postgres. */
export interface Snapshot {
  query<Row extends pg.QueryResultRow>(sql: string, params?: unknown[]): Promise<Row[]>;
}

/** One REPEATABLE READ, READ ONLY transaction: all that `work` reads belongs together, and nothing can be changed. */
export async function inSnapshot<T>(
  source: pg.Pool | pg.ClientBase,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const client = isPool(source) ? await source.connect() : source;
  let failure: Error | undefined;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(`SET LOCAL statement_timeout = ${STATEMENT_MS_MAX}`);
    return await work({
      async query<Row extends pg.QueryResultRow>(sql: string, params: unknown[] = []) {
        return (await client.query<Row>(sql, params)).rows;
      },
    });
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    // A connection that is gone has no transaction either; the first error is the one to tell.
    await client.query('ROLLBACK').catch((error: Error) => (failure ??= error));
    if (isPool(source)) (client as pg.PoolClient).release(failure);
  }
}

function isPool(source: pg.Pool | pg.ClientBase): source is pg.Pool {
  return 'totalCount' in source;
}
