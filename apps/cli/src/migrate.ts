import pg from 'pg';
import { makeDataSource } from '@app/ledger';
import { hostOf, reasonOf } from './stores.js';

const CONNECT_MS_MAX = 5_000;
/** Another migration at this moment, however long its tables are; then the database stays as it is. */
const WAIT_MS_MAX = 10 * 60_000;
/** Any number that nothing else in this database locks by; "hongbao" on a telephone's keys. */
const MIGRATION_LOCK = 4_664_226;

/** `npm run migrate`: brings the database forward, once, however many start it. Exit 0, or 1 and one line. */
async function main(): Promise<void> {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error('DATABASE_URL is not set');
  // A connection of its own: the lock is the session's, and goes when this process goes, also by kill -9.
  const lock = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS_MAX });
  lock.on('error', () => undefined);
  await lock.connect().catch((error: unknown) => {
    throw new Error(`Postgres at ${hostOf(url)} does not answer: ${reasonOf(error)}`);
  });
  try {
    await lock.query(`SET lock_timeout = ${WAIT_MS_MAX}`);
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrateForward(url);
  } finally {
    await lock.end();
  }
}

async function migrateForward(url: string): Promise<void> {
  const dataSource = makeDataSource(url, 2, 'hongbao-migrate');
  await dataSource.initialize();
  try {
    const done = await dataSource.runMigrations({ transaction: 'each' });
    for (const { name } of done) console.log(`migrated ${name}`);
    if (done.length === 0) console.log('nothing to migrate');
  } finally {
    await dataSource.destroy();
  }
}

try {
  await main();
} catch (error) {
  console.error(`the database is not migrated: ${reasonOf(error)}`);
  process.exitCode = 1;
}
