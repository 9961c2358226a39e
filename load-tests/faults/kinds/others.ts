import { setTimeout as delay } from 'node:timers/promises';
import { checkoutRoot } from '@app/local-stack';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { Fault } from '../fault.js';

const HOUR_MS = 3_600_000;
const CLOCKS_OFF_SECONDS = 10;
const ONE_WORKER_SECONDS = 3;
/** On both sides of the instant at which the packet ends. */
const RACE_MS = 40;
const RACE_EXPIRY_SECONDS = 10;
const shiftClock = pathToFileURL(join(checkoutRoot, 'load-tests/faults/processes/shift-clock.mjs')).href;

export const others: readonly Fault[] = [
  {
    name: 'two-workers',
    what: 'two relays and two schedulers at once; then either is killed and started in turn',
    touches: ['worker'],
    needs: { apps: ['gateway', 'api', 'worker', 'worker2'] },
    async run({ stack, note, lasting }) {
      for (const name of ['worker', 'worker2'] as const) {
        await stack.part(name).kill();
        note(`kill -9 of ${name}, the other goes on`);
        await lasting(ONE_WORKER_SECONDS);
        await stack.part(name).start();
      }
      note('both workers up');
      await lasting(ONE_WORKER_SECONDS);
    },
  },
  {
    name: 'expiry-race',
    what: 'the last shares of a packet are grabbed at the instant at which it expires',
    touches: [],
    async run({ scene, crowd, chance, note }) {
      const racers = scene.people;
      const sure = Math.floor(racers.length / 2);
      const packet = await scene.sendQuietly({ expiresInSeconds: RACE_EXPIRY_SECONDS, count: sure + 2 });
      if (!packet) return note('the packet of the race could not be sent');
      const clients = await Promise.all(racers.map((person) => crowd.connect(person, () => false)));
      const [first, last] = [racers.slice(0, sure), racers.slice(sure)];
      await Promise.all(first.map((person, k) => crowd.grab(clients[k]!, person.userId, packet.packetId)));
      const endsAtMs = Date.parse(packet.expiresAt);
      note(`${last.length} people wait for the end of ${packet.packetId}, of which 2 shares are left`);
      const raced = last.map(async (person, k) => {
        const atMs = endsAtMs - RACE_MS + chance.below(2 * RACE_MS);
        await delay(Math.max(0, atMs - Date.now()));
        return crowd.grab(clients[sure + k]!, person.userId, packet.packetId);
      });
      const outcomes = (await Promise.all(raced)).map(({ outcome }) => outcome);
      for (const client of clients) client?.close();
      note(
        `at its end: ${[...new Set(outcomes)].map((word) => `${outcomes.filter((one) => one === word).length} ${word}`).join(', ')}`,
      );
    },
  },
  {
    name: 'clocks',
    what: 'the clocks of gateway and worker are an hour ahead or behind',
    touches: ['gateway', 'worker'],
    async run({ stack, note, lasting, chance }) {
      const ms = chance.below(2) === 0 ? HOUR_MS : -HOUR_MS;
      for (const isOff of [true, false]) {
        for (const name of ['gateway', 'worker'] as const) {
          if (isOff)
            stack.extraEnv.set(name, {
              NODE_OPTIONS: `--import ${shiftClock}`,
              FAULTS_CLOCK_SHIFT_MS: String(ms),
            });
          else stack.extraEnv.delete(name);
          await stack.part(name).stop();
          await stack.part(name).start();
        }
        note(
          isOff
            ? `gateway and worker started with their clocks an hour ${ms > 0 ? 'ahead' : 'behind'}`
            : 'and with the right time',
        );
        if (isOff) await lasting(CLOCKS_OFF_SECONDS);
      }
    },
  },
];
