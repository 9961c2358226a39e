import { NO_STATE } from '@app/packet-store';
import type { Deployment } from './deployment.js';
import type { Choices } from './scheduler/choices.js';
import type { World } from './world.js';

export interface Fault {
  label: string;
  happen: (world: World, deployment: Deployment) => void;
}

const restartRedis =
  (back: 'as it was' | 'empty' | 'older') =>
  (world: World, { workers }: Deployment): void => {
    const { store } = world;
    if (back === 'as it was') return store.restart();
    if (workers.length > 1 && world.turnsWereLost) return;
    world.diskWasLost = true;
    const older = back === 'older' ? world.older : undefined;
    store.restart(older ?? NO_STATE);
    // A file from before an empty start has wins whose shares may have been given to others since. Who puts it back has two
    // histories, and the packet freezes for a person to look: right, and nothing to run into here.
    world.older = older;
    if (world.oneRedis) for (const queue of [world.settlement, world.closing]) queue.lose();
  };

/** What happens to whole processes and stores; what happens to one effect is the scheduler's. */
const FAULTS: Fault[] = [
  { label: 'Redis restarts as it was', happen: restartRedis('as it was') },
  { label: 'Redis restarts empty', happen: restartRedis('empty') },
  { label: 'Redis restarts older', happen: restartRedis('older') },
  {
    label: 'Postgres restarts',
    // The turn of a worker that holds claims ends with its session. Should Redis lose its disk besides, another one recovers
    // without them: a known gap of decision 0016, in which packets are frozen. A run with two workers has one or the other.
    happen: (world, { workers }) => {
      if (workers.length > 1 && world.diskWasLost) return;
      world.turnsWereLost = true;
      world.ledger.restart();
      world.locks.restart();
    },
  },
  { label: 'the api is killed', happen: (_, { api }) => api.crash() },
  { label: 'the gateway is killed', happen: (_, { gateway }) => gateway.process.crash() },
  { label: 'worker 1 is killed', happen: (_, { workers }) => workers[0]!.process.crash() },
  { label: 'the last worker is killed', happen: (_, { workers }) => workers.at(-1)!.process.crash() },
  {
    label: 'the queues are lost',
    happen: (world) => {
      if (world.oneRedis) return;
      world.settlement.lose();
      world.closing.lose();
    },
  },
  {
    label: 'jobs are delivered a second time',
    happen: ({ settlement, closing, clock }) => {
      for (const queue of [settlement, closing])
        for (const job of queue.jobs)
          if (job.state === 'active') Object.assign(job, { state: 'waiting', dueAtMs: clock() });
    },
  },
  {
    label: 'jobs fail for good',
    happen: ({ settlement, closing }) => {
      settlement.giveUp();
      closing.giveUp();
    },
  },
];

/** Of one run: two or three kinds, since many at once hide each other. */
export function chooseFaults(choices: Choices): Fault[] {
  return Array.from({ length: 2 + choices.below(2) }, () => FAULTS[choices.below(FAULTS.length)]!);
}
