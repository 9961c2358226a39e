import { Chance } from '../lib/chance.ts';
import type { Person } from './person.ts';
import type { Vu } from './vu.ts';

/**
 * Cuts so many in a hundred of this VU's sockets at once. k6 can only close a WebSocket, so the server sees them leave, as
 * when a proxy restarts, and not fall silent, as when a network goes. They come back with jitter and enter again.
 */
export function planStorms(vu: Vu, people: readonly Person[]): void {
  vu.head.storms.forEach(({ atSecond, percent }, k) => {
    vu.agenda.at(vu.clock.at(atSecond), () => {
      const chance = new Chance(vu.head.seed, k, vu.place);
      // What is less than one socket is drawn, so that over many VUs it is the percentage that was asked for.
      const count = Math.floor((people.length * percent) / 100 + chance.next());
      for (const person of chance.some(people, count)) person.socket.cut();
    });
  });
}
