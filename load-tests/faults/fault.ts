import type { Chance } from '../lib/chance.ts';
import type { AckedWin } from '@app/audit';
import type { Crowd } from './crowd.js';
import type { ClientsRecord } from './record.js';
import type { Scene } from './scene.js';
import type { AppName, PartName, Stack } from './stack.js';

/** What a fault has to work with while it is on. */
export interface World {
  stack: Stack;
  scene: Scene;
  crowd: Crowd;
  record: ClientsRecord;
  chance: Chance;
  signal: AbortSignal;
  /** What was done, and when: a line of the report. */
  note(line: string): void;
  /** Waits; shorter in a quick run. */
  lasting(seconds: number): Promise<void>;
  /** Wins that were in Redis alone when its disk was lost: nobody can know them. */
  lostWithDisk(wins: readonly AckedWin[]): void;
}

/** One way to break a deployment. */
export interface Fault {
  name: string;
  /** What is done, in a few words. */
  what: string;
  /** Nobody else may break these meanwhile. */
  touches: readonly PartName[];
  /** What the stack has to be like for it. */
  needs?: { apps?: readonly AppName[]; smallDisk?: 'redis' | 'postgres' };
  /** Breaks it, and heals it. */
  run(world: World): Promise<void>;
}
