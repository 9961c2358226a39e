import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestPerson } from '@app/testing';

/** How long each answer took, in ms; or what this person was refused. */
export interface Waits {
  grabs: number[];
  wallets: number[];
}
export type PersonSays = Waits | { refused: string };
export type PersonTold = 'begin' | 'end';

/** Somebody who asks now and then, by socket and by HTTP. */
export interface SteadyPerson {
  /** Their waits while `flood` runs. Throws what they are refused. */
  waitsDuring(flood: () => Promise<unknown>): Promise<Waits>;
  leave(): void;
}

/**
 * In a process of its own, and a session: in that of the flood a wait would be for the flood's own work, and Linux shares a busy
 * machine out by sessions first. They have a share of the packet already.
 */
export async function steadyPerson(
  url: string,
  { token }: TestPerson,
  packetId: string,
): Promise<SteadyPerson> {
  const entry = fileURLToPath(new URL('./steady-person.process.ts', import.meta.url));
  const child = fork(entry, [url, token, packetId], { execArgv: ['--import', 'tsx'], detached: true });
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('no person'))),
  ]);
  return {
    async waitsDuring(flood) {
      const said = once(child, 'message') as Promise<[PersonSays]>;
      child.send('begin' satisfies PersonTold);
      await flood().finally(() => child.send('end' satisfies PersonTold));
      const [waits] = await said;
      if ('refused' in waits) throw new Error(waits.refused);
      return waits;
    },
    leave: () => void child.kill(),
  };
}
