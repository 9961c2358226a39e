import pg from 'pg';
import { AnsweredSocket } from './answered-socket.js';

/** Any number, the same for all workers of a deployment. */
const LOCK = 1_795_000_042;
const LOCK_MS_MAX = 10_000;
const SILENCE_MS_MAX = LOCK_MS_MAX + 5_000;
const CONNECT_MS_MAX = 5_000;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * All workers of a deployment hold claims in their memory, or one of them checks a Redis that came back: never both. A claim
 * that another worker has read from the Redis that is gone, and not yet settled, is in no store: recovery would give its
 * ordinal away. A lock of Postgres, which ends with the session of a worker that dies; taken once and kept, so that a
 * settlement costs nothing more.
 */
export class RecoveryTurn {
  private client: pg.Client | undefined;
  private isShared = false;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly databaseUrl: string) {}

  /** Before claims are taken up. Rejects when Postgres is away, or a check takes longer than 10 s: ask again. */
  async share(): Promise<void> {
    if (this.isShared) return;
    await this.oneByOne(async () => {
      if (this.isShared) return;
      await this.ask('SELECT pg_advisory_lock_shared($1)');
      this.isShared = true;
    });
  }

  /** Nothing is in hand: others may check. */
  async letGo(): Promise<void> {
    if (!this.isShared) return;
    await this.oneByOne(() => this.unshare());
  }

  /** Nothing is in hand here. Runs when that is so of every worker; rejects when it is not within 10 s. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.oneByOne(async () => {
      await this.unshare();
      await this.ask('SELECT pg_advisory_lock($1)').catch((error: Error & { code?: string }) => {
        if (error.code !== LOCK_NOT_AVAILABLE) throw error;
        throw new Error('another worker still holds claims in its memory, or checks', { cause: error });
      });
      const { client } = this;
      try {
        return await work();
      } finally {
        // On that session or not at all: with another one it has gone already.
        await client?.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
      }
    });
  }

  async close(): Promise<void> {
    this.isShared = false;
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async unshare(): Promise<void> {
    if (!this.isShared) return;
    this.isShared = false;
    await this.client?.query('SELECT pg_advisory_unlock_shared($1)', [LOCK]).catch(() => this.close());
  }

  private async ask(sql: string): Promise<void> {
    this.client ??= await this.connect();
    await this.client.query(sql, [LOCK]);
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      ...{ connectionString: this.databaseUrl, connectionTimeoutMillis: CONNECT_MS_MAX, keepAlive: true },
      ...{ application_name: 'hongbao-recovery-turn', options: `-c lock_timeout=${LOCK_MS_MAX}` },
      stream: () => new AnsweredSocket(SILENCE_MS_MAX),
    });
    const forget = () => {
      if (this.client !== client) return;
      this.client = undefined;
      this.isShared = false;
    };
    client.on('error', forget);
    client.on('end', forget);
    await client.connect();
    return client;
  }

  private oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.queue.then(work);
    this.queue = mine.catch(() => undefined);
    return mine;
  }
}
