import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { processIdentity, waitUntil } from '@app/local-stack';
import { rewriteLock, takeLock } from './pid-lock.js';

/** What `.data/run.json` says while a service runs; `npm run audit` finds the deployment by it. Readable for its owner only. */
export interface RunRecord {
  url: string;
  databaseUrl?: string;
  redisUrl?: string;
  /** All settings that the processes got. */
  env?: Record<string, string>;
  pids: Record<string, number>;
  /** For each pid, what tells it from a later process with the same number. */
  identities: Record<string, string>;
}

export class AlreadyRunningError extends Error {
  override name = 'AlreadyRunningError';
}

/** They were told to stop when their launcher died; this long they may still take over it. */
const ORPHAN_STOP_MS_MAX = 6_000;
const ORPHAN_KILL_MS_MAX = 2_000;

/** The lock and the record of one running service. */
export class RunFile {
  readonly #file: string;
  #record: RunRecord;

  private constructor(file: string, record: RunRecord) {
    this.#file = file;
    this.#record = record;
  }

  /** Throws AlreadyRunningError when a living launcher has the data folder. Processes that a dead one left are stopped. */
  static async take(
    dataDir: string,
    url: string,
    onOrphan: (name: string, pid: number) => void,
  ): Promise<RunFile> {
    const file = join(dataDir, 'run.json');
    const record: RunRecord = { url, pids: {}, identities: {} };
    const attempt = takeLock<RunRecord>(file, record);
    if (!attempt.taken) {
      const { pid, url: runningUrl } = attempt.holder;
      throw new AlreadyRunningError(
        `already running: process ${pid}, ${runningUrl}. Stop it with Ctrl-C in its terminal or \`kill ${pid}\`.`,
      );
    }
    if (attempt.left) await stopOrphans(attempt.left, onOrphan);
    return new RunFile(file, record);
  }

  update(change: Partial<RunRecord>): void {
    this.#record = { ...this.#record, ...change };
    rewriteLock(this.#file, this.#record);
  }

  setPid(name: string, pid: number): void {
    const { pids, identities } = this.#record;
    this.update({
      pids: { ...pids, [name]: pid },
      identities: { ...identities, [name]: processIdentity(pid) ?? '' },
    });
  }

  release(): void {
    rmSync(this.#file, { force: true });
  }
}

async function stopOrphans(
  left: Partial<RunRecord>,
  onOrphan: (name: string, pid: number) => void,
): Promise<void> {
  const { pids = {}, identities = {} } = left;
  const orphans = Object.entries(pids).filter(([name, pid]) => isSame(pid, identities[name]));
  for (const [name, pid] of orphans) {
    onOrphan(name, pid);
    // To Postgres SIGTERM means "when all clients have gone"; SIGINT is its fast shutdown.
    signalOrphan(pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  }
  const allGone = () => !orphans.some(([name, pid]) => isSame(pid, identities[name]));
  try {
    await waitUntil(allGone, { what: 'the end of the last run', timeoutMs: ORPHAN_STOP_MS_MAX });
  } catch {
    for (const [name, pid] of orphans) if (isSame(pid, identities[name])) signalOrphan(pid, 'SIGKILL');
    await waitUntil(allGone, { what: 'the end of the last run', timeoutMs: ORPHAN_KILL_MS_MAX });
  }
}

const isSame = (pid: number, identity: string | undefined) =>
  Boolean(identity) && processIdentity(pid) === identity;

function signalOrphan(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone in the meantime
  }
}
