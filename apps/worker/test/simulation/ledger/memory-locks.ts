import type { LockSession } from '@app/ledger';
import type { Effects } from '../scheduler/effects.js';
import { refusal } from './tables.js';

const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Postgres's advisory lock that RecoveryTurn asks for, in memory. Whoever can't have it is refused at once, as after the ten
 * seconds that Postgres would let them wait: time passes here only when nobody can do anything.
 */
export class MemoryLocks {
  private readonly sessions = new Map<MemorySession, Effects>();
  readonly sharing = new Set<MemorySession>();
  holder: MemorySession | undefined;

  sessionsFor(effects: Effects): () => Promise<LockSession> {
    return () =>
      effects.effect('turn connects', () => {
        const session = new MemorySession(this, effects);
        this.sessions.set(session, effects);
        return session;
      });
  }

  /** Its process is gone: nobody is told. */
  disconnect(effects: Effects): void {
    for (const [session, its] of this.sessions) if (its === effects) this.release(session);
  }

  /** Every session is over, and its process hears of it. */
  restart(): void {
    for (const session of [...this.sessions.keys()]) {
      this.release(session);
      session.over();
    }
  }

  release(session: MemorySession): void {
    this.sessions.delete(session);
    this.sharing.delete(session);
    if (this.holder === session) this.holder = undefined;
  }
}

class MemorySession implements LockSession {
  private isOver = false;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly locks: MemoryLocks,
    private readonly effects: Effects,
  ) {}

  query(sql: string): Promise<void> {
    const name = /pg_advisory_\w+/.exec(sql)![0];
    const asked = this.effects.effect(`turn ${name}`, () => {
      if (this.isOver) throw refusal('08006', 'the connection was lost');
      this.change(name);
    });
    return asked.catch((error: Error & { code?: string }) => {
      if (error.code !== LOCK_NOT_AVAILABLE) this.lose();
      throw error;
    });
  }

  onEnd(listener: () => void): void {
    if (this.isOver) listener();
    else this.listeners.push(listener);
  }

  end(): Promise<void> {
    return this.effects.effect('turn disconnects', () => this.lose()).catch(() => this.lose());
  }

  /** A connection that was lost, or given up, is a session that is over. */
  private lose(): void {
    this.locks.release(this);
    this.over();
  }

  over(): void {
    this.isOver = true;
    for (const listener of this.listeners.splice(0)) listener();
  }

  private change(name: string): void {
    const { locks } = this;
    const { sharing, holder } = locks;
    const isFree = holder === undefined || holder === this;
    const others = sharing.size - (sharing.has(this) ? 1 : 0);
    if (name === 'pg_advisory_unlock_shared') sharing.delete(this);
    else if (name === 'pg_advisory_unlock') locks.holder = isFree ? undefined : holder;
    else if (!isFree || (name === 'pg_advisory_lock' && others > 0))
      throw refusal(LOCK_NOT_AVAILABLE, 'canceling statement due to lock timeout');
    else if (name === 'pg_advisory_lock') locks.holder = this;
    else sharing.add(this);
  }
}
