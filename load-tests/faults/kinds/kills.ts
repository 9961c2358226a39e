import type { Relayed, Watcher } from '@app/local-stack';
import type { Fault, World } from '../fault.js';
import type { PartName } from '../stack.js';

/** Down for so long: others notice, and nobody has given up yet. */
const DOWN_SECONDS = 1.5;
/** Within this some claims are on their way to Postgres, for the load goes on. */
const MOMENT_MS_MAX = 10_000;

export const kills: readonly Fault[] = [
  ...(['gateway', 'api', 'redis', 'postgres'] as const).map(killOf),
  {
    name: 'kill-worker-in-transaction',
    what: 'kill -9 of the worker after it has written claims and before its COMMIT',
    touches: ['worker'],
    run: (world) => killWorkerWhen(world, 'has written claims', afterStatement),
  },
  {
    name: 'kill-worker-after-commit',
    what: 'kill -9 of the worker after Postgres has committed and before it knows, so before it acknowledges the outbox',
    touches: ['worker'],
    run: (world) => killWorkerWhen(world, 'has committed claims', afterCommit),
  },
  {
    name: 'sigterm',
    what: 'SIGTERM of gateway and worker in the middle of a burst',
    touches: ['gateway', 'worker'],
    async run({ stack, note, lasting }) {
      const both = [stack.part('gateway'), stack.part('worker')];
      note('gateway and worker told to stop');
      await Promise.all(both.map((part) => part.stop()));
      note('both ended');
      await lasting(DOWN_SECONDS);
      await Promise.all(both.map((part) => part.start()));
    },
  },
];

function killOf(name: PartName): Fault {
  return {
    name: `kill-${name}`,
    what: `kill -9 of ${name === 'postgres' ? 'Postgres: the postmaster and its children' : name}`,
    touches: [name],
    async run({ stack, note, lasting }) {
      const part = stack.part(name);
      note(`kill -9 of ${name} (${part.pids.length} processes)`);
      await part.kill();
      await lasting(DOWN_SECONDS);
      await part.start();
      note(`${name} started`);
    },
  };
}

/** Holds what Postgres says at that moment, so that the worker can't go on, and kills it there. */
async function killWorkerWhen(
  { stack, note, lasting, signal }: World,
  what: string,
  watcherOf: (hit: () => void) => Watcher,
): Promise<void> {
  const link = stack.link('worker-postgres');
  const worker = stack.part('worker');
  const isHit = await new Promise<boolean>((resolve) => {
    const tooLong = setTimeout(() => resolve(false), MOMENT_MS_MAX);
    signal.addEventListener('abort', () => resolve(false), { once: true });
    link.watch(
      watcherOf(() => {
        clearTimeout(tooLong);
        resolve(true);
      }),
    );
  });
  note(
    isHit
      ? `kill -9 of the worker, which ${what}`
      : `kill -9 of the worker; it settled nothing within ${MOMENT_MS_MAX / 1_000} s`,
  );
  await worker.kill();
  link.watch(undefined);
  await link.pass();
  await lasting(DOWN_SECONDS);
  await worker.start();
  note('worker started');
}

/** The statement that settles was answered on the connection on which it was asked; its COMMIT was not asked yet. */
function afterStatement(hit: () => void): Watcher {
  const settling = new WeakSet<Relayed>();
  return (chunk, way, connection) => {
    if (way === 'up') {
      if (chunk.includes('INSERT INTO claims')) settling.add(connection);
      return 'pass';
    }
    if (!settling.has(connection)) return 'pass';
    hit();
    return 'hold';
  };
}

/** CommandComplete says COMMIT, on a connection that has settled. */
function afterCommit(hit: () => void): Watcher {
  const settling = new WeakSet<Relayed>();
  return (chunk, way, connection) => {
    if (way === 'up') {
      if (chunk.includes('INSERT INTO claims')) settling.add(connection);
      return 'pass';
    }
    if (!settling.has(connection) || !chunk.includes('COMMIT\0')) return 'pass';
    hit();
    return 'hold';
  };
}
