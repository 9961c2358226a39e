import pg from 'pg';
import { AnsweredSocket } from './answered-socket.js';
import { NOTICE_DEAD_CLIENTS } from './dead-clients.js';

/** Any number, the same for all workers of a deployment. */
const LOCK = 1_795_000_042;
const LOCK_MS_MAX = 10_000;
const SILENCE_MS_MAX = LOCK_MS_MAX + 5_000;
const CONNECT_MS_MAX = 5_000;
/** Of a session that says nothing. Longer than a worker is stopped for a look, or by a move of its machine. */
const IDLE_MS_MAX = 60_000;
/** So often it says something, and by so much sooner than Postgres the worker knows that it is cut off. */
const BEATS_IN_IDLE = 6;
const LOCK_NOT_AVAILABLE = '55P03';

/** One session with Postgres, whose locks end with it. */
export interface LockSession {
  query(sql: string, values: unknown[]): Promise<unknown>;
  /** Told when the session is over, whoever ended it; at once when it is over already. */
  onEnd(listener: () => void): void;
  end(): Promise<void>;
}

/**
 * All workers of a deployment hold claims in their memory, or one of them checks a Redis that came back: never both. A claim
 * that another worker has read from the Redis that is gone, and not yet settled, is in no store: recovery would give its
 * ordinal away. A lock of Postgres, which ends with the session of a worker that dies; taken once and kept, so that a
 * settlement costs nothing more.
 */
export class RecoveryTurn {
  private session: LockSession | undefined;
  private isShared = false;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly open: () => Promise<LockSession>) {}

  /**
   * Before claims are taken up. Rejects when Postgres is away, or a check takes longer than 10 s: ask again. True when it was not
   * shared until now: somebody may have checked meanwhile.
   */
  async share(): Promise<boolean> {
    if (this.isShared) return false;
    return this.oneByOne(async () => {
      if (this.isShared) return true;
      await this.ask('SELECT pg_advisory_lock_shared($1)');
      this.isShared = true;
      return true;
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
      const { session } = this;
      try {
        return await work();
      } finally {
        // On that session or not at all: with another one it has gone already.
        await session?.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
      }
    });
  }

  async close(): Promise<void> {
    this.isShared = false;
    const { session } = this;
    this.session = undefined;
    await session?.end().catch(() => undefined);
  }

  private async unshare(): Promise<void> {
    if (!this.isShared) return;
    this.isShared = false;
    await this.session?.query('SELECT pg_advisory_unlock_shared($1)', [LOCK]).catch(() => this.close());
  }

  private async ask(sql: string): Promise<void> {
    const session = this.session ?? (await this.begin());
    await session.query(sql, [LOCK]);
  }

  private async begin(): Promise<LockSession> {
    const session = await this.open();
    this.session = session;
    session.onEnd(() => {
      if (this.session !== session) return;
      this.session = undefined;
      this.isShared = false;
    });
    return session;
  }

  private oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.queue.then(work);
    this.queue = mine.catch(() => undefined);
    return mine;
  }
}

/**
 * Opens sessions for RecoveryTurn that give up waiting for a lock after 10 s, and notice a Postgres that says nothing. Postgres
 * ends one from which it has heard nothing for `idleMsMax`: a worker that is stopped, or cut off without a word, keeps nobody
 * from checking for longer.
 */
export function lockSessions(databaseUrl: string, idleMsMax = IDLE_MS_MAX): () => Promise<LockSession> {
  const options = `-c lock_timeout=${LOCK_MS_MAX} -c idle_session_timeout=${idleMsMax} ${NOTICE_DEAD_CLIENTS}`;
  return async () => {
    const client = new pg.Client({
      ...{ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS_MAX, keepAlive: true },
      ...{ application_name: 'hongbao-recovery-turn', options },
      stream: () => new AnsweredSocket(SILENCE_MS_MAX),
    });
    const over = new Promise<void>((resolve) => {
      client.on('error', () => resolve());
      client.on('end', resolve);
    });
    await client.connect();
    const beat = setInterval(() => client.query('SELECT').catch(() => undefined), idleMsMax / BEATS_IN_IDLE);
    void over.then(() => clearInterval(beat));
    return {
      query: (sql, values) => client.query(sql, values),
      onEnd: (listener) => void over.then(listener),
      end: () => client.end(),
    };
  };
}
