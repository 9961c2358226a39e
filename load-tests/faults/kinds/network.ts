import { setTimeout as delay } from 'node:timers/promises';
import type { Relayed } from '@app/local-stack';
import type { Fault } from '../fault.js';
import { LINKS, type Link } from '../stack.js';

const HOLE_SECONDS = 10;
const RESET_EVERY_MS = 200;
const RESET_SECONDS = 5;
const SLOW_MS = 300;
const SLOW_SECONDS = 10;
const SWALLOWED = 5;
const SWALLOW_MS_MAX = 8_000;

export const network: readonly Fault[] = [
  {
    name: 'swallowed-reply',
    what: `the reply to a call of the grab script is lost, with its connection, after the script ran; ${SWALLOWED} times`,
    touches: [],
    async run({ stack, note }) {
      const link = stack.link('gateway-redis');
      const asked = new WeakSet<Relayed>();
      let swallowed = 0;
      link.watch((chunk, way, connection) => {
        if (way === 'up') {
          if (/evalsha/i.test(chunk.toString('latin1'))) asked.add(connection);
          return 'pass';
        }
        if (swallowed >= SWALLOWED || !asked.has(connection)) return 'pass';
        swallowed += 1;
        setImmediate(() => connection.reset());
        return 'drop';
      });
      const endsMs = performance.now() + SWALLOW_MS_MAX;
      while (swallowed < SWALLOWED && performance.now() < endsMs) await delay(RESET_EVERY_MS);
      link.watch(undefined);
      note(`${swallowed} replies swallowed`);
    },
  },
  ...LINKS.map(holeOf),
  ...LINKS.map(silenceOf),
  {
    name: 'resets',
    what: `all connections to both stores are reset every ${RESET_EVERY_MS} ms for ${RESET_SECONDS} s`,
    touches: [],
    async run({ stack, note, lasting }) {
      note('connections reset, again and again');
      const timer = setInterval(() => {
        for (const name of LINKS) stack.link(name).reset();
      }, RESET_EVERY_MS);
      await lasting(RESET_SECONDS);
      clearInterval(timer);
    },
  },
  {
    name: 'latency',
    what: `every request to both stores comes ${SLOW_MS} ms later, for ${SLOW_SECONDS} s`,
    touches: [],
    async run({ stack, note, lasting }) {
      note(`${SLOW_MS} ms of latency`);
      for (const name of LINKS) stack.link(name).delay(SLOW_MS);
      await lasting(SLOW_SECONDS);
      for (const name of LINKS) stack.link(name).delay(0);
    },
  },
];

/** As when a machine goes away, or a NAT forgets: no reset comes, and new connections are welcome. */
function silenceOf(link: Link): Fault {
  return {
    name: `silent-${link}`,
    what: `the connections between ${link.replace('-', ' and ')} die without a word; new ones can be made`,
    touches: [],
    async run({ stack, note }) {
      stack.link(link).forget();
      note(`the connections between ${link.replace('-', ' and ')} are dead, and nobody was told`);
    },
  };
}

function holeOf(link: Link): Fault {
  return {
    name: `hole-${link}`,
    what: `a black hole of ${HOLE_SECONDS} s between ${link.replace('-', ' and ')}`,
    touches: [],
    async run({ stack, note, lasting }) {
      stack.link(link).hold();
      note(`nothing passes between ${link.replace('-', ' and ')}`);
      await lasting(HOLE_SECONDS);
      await stack.link(link).pass();
    },
  };
}
