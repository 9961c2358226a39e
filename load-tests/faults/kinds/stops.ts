import type { Fault } from '../fault.js';
import type { PartName } from '../stack.js';

const STOPPED_SECONDS = 30;
const AWAY_SECONDS = 60;

export const stops: readonly Fault[] = [
  ...(['gateway', 'worker', 'api', 'redis', 'postgres'] as const).map(stopOf),
  {
    name: 'postgres-away',
    what: `Postgres away for ${AWAY_SECONDS} s`,
    touches: ['postgres'],
    async run({ stack, note, lasting }) {
      await stack.part('postgres').stop();
      note('postgres stopped');
      await lasting(AWAY_SECONDS);
      await stack.part('postgres').start();
      note('postgres started');
    },
  },
];

function stopOf(name: PartName): Fault {
  return {
    name: `stop-${name}`,
    what: `${name} stopped for ${STOPPED_SECONDS} s (SIGSTOP) and continued`,
    touches: [name],
    async run({ stack, note, lasting }) {
      stack.part(name).signal('SIGSTOP');
      note(`${name} stopped`);
      await lasting(STOPPED_SECONDS);
      stack.part(name).signal('SIGCONT');
      note(`${name} continued`);
    },
  };
}
