import type { Pool } from 'pg';

/** Sessions and transactions of our database, and how many sessions the server takes for all of its databases. */
export interface PostgresLoad {
  /** Runs a statement. */
  active: number;
  /** Has a statement to run and waits for a lock or the disk. */
  waiting: number;
  /** Has nothing to do, in a transaction or not. */
  idle: number;
  sessionsMax: number;
  /** Committed and rolled back. A session tells of its own at most once a second, so this lags by as much. */
  transactions: number;
}

/**
 * The session that asks would be idle if it did not ask, and counts so. Sessions of other users, whose state one may not
 * see, count nowhere.
 */
const QUERY = `
  SELECT
    count(*) FILTER (WHERE busy AND NOT held)::int AS active,
    count(*) FILTER (WHERE busy AND held)::int AS waiting,
    count(*) FILTER (WHERE at_rest)::int AS idle,
    current_setting('max_connections')::int AS "sessionsMax",
    (SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database())::float8
      AS transactions
  FROM (
    SELECT
      pid <> pg_backend_pid() AND state IN ('active', 'fastpath function call') AS busy,
      pid = pg_backend_pid() OR state LIKE 'idle%' AS at_rest,
      coalesce(wait_event_type IN ('Lock', 'LWLock', 'IO'), false) AS held
    FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
  ) AS sessions`;

export async function readPostgresLoad(pool: Pool): Promise<PostgresLoad> {
  const { rows } = await pool.query<PostgresLoad>(QUERY);
  return rows[0]!;
}
