import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { processIdentity } from '@app/local-stack';

/** Who holds a lock: the pid alone could by now be somebody else's. */
export interface LockHolder {
  pid: number;
  identity: string;
}

export type LockAttempt<T> =
  | { taken: true; /** What a holder left that is gone. */ left?: Partial<T & LockHolder> }
  | { taken: false; holder: T & LockHolder };

const TRIES_MAX = 5;

/** Takes the lock for this process unless a living one has it. `record` is what others may read in it. */
export function takeLock<T extends object>(file: string, record: T): LockAttempt<T> {
  let left: Partial<T & LockHolder> | undefined;
  const draft = `${file}.${process.pid}`;
  const own = { pid: process.pid, identity: processIdentity(process.pid) ?? '', ...record };
  writeFileSync(draft, JSON.stringify(own, null, 2), { mode: 0o600 });
  try {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      try {
        // A link appears whole or not at all, and only one of two who try gets it.
        linkSync(draft, file);
        return left ? { taken: true, left } : { taken: true };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = readLock<T>(file);
      if (holder?.pid && holder.identity && processIdentity(holder.pid) === holder.identity) {
        return { taken: false, holder: holder as T & LockHolder };
      }
      left = holder ?? left;
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new Error(`${file} can't be taken: it comes back each time it is removed`);
}

/** Undefined when there is none, or none that can be read. */
export function readLock<T>(file: string): Partial<T & LockHolder> | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<T & LockHolder>;
  } catch {
    return undefined;
  }
}

/** Replaces what the lock says; only for its holder. Readers see the old record or the new one. */
export function rewriteLock(file: string, record: object): void {
  const draft = `${file}.${process.pid}`;
  const own = { pid: process.pid, identity: processIdentity(process.pid) ?? '', ...record };
  writeFileSync(draft, JSON.stringify(own, null, 2), { mode: 0o600 });
  renameSync(draft, file);
}
