import { benchB1 } from './b1-batched-grabs.js';
import { benchB5 } from './b5-pushed-drops.js';
import { benchB6 } from './b6-connection-memory.js';
import type { Benchmark } from './measurement.js';
import { benchR1 } from './r1-ruled-grabs.js';

export interface Listed {
  id: string;
  about: string;
  /** In full, on two cores: for the progress only. All together stay under 15 minutes. */
  usualSeconds: number;
  run: Benchmark;
}

/** In the order in which they run. */
export const benchmarks: readonly Listed[] = [
  { id: 'B1', about: 'winning grabs through the packet store', usualSeconds: 25, run: benchB1 },
  { id: 'B5', about: 'a drop pushed to 5,000 sockets', usualSeconds: 85, run: benchB5 },
  { id: 'B6', about: 'memory of an idle connection', usualSeconds: 220, run: benchB6 },
  { id: 'R1', about: 'what the rules of a campaign add to a grab', usualSeconds: 60, run: benchR1 },
];
