import { benchB1 } from './b1-batched-grabs.js';
import { benchB2, benchB3 } from './b2-b3-grab-acks.js';
import { benchB10 } from './b10-whole-grab.js';
import { benchB4 } from './b4-ack-latency.js';
import { benchB5 } from './b5-pushed-drops.js';
import { benchB6 } from './b6-connection-memory.js';
import type { Benchmark } from './measurement.js';
import { benchB7 } from './b7-settled-claims.js';
import { benchB8 } from './b8-grabs-at-any-size.js';
import { benchB9 } from './b9-arming.js';
import { benchL1 } from './l1-large-packet.js';
import { benchR1 } from './r1-ruled-grabs.js';

export interface Listed {
  id: string;
  about: string;
  /** In full, on two cores: for the progress only. All together stay under 15 minutes. */
  usualSeconds: number;
  run: Benchmark;
  /** Measures on the service that the one before it left running. */
  onScene?: true;
}

/** In the order in which they run: those that share a service stand together. */
export const benchmarks: readonly Listed[] = [
  { id: 'B1', about: 'winning grabs through the packet store', usualSeconds: 25, run: benchB1 },
  { id: 'B2', about: 'gateway CPU of a winning grab', usualSeconds: 70, run: benchB2, onScene: true },
  { id: 'B3', about: 'gateway CPU of a sold-out grab', usualSeconds: 45, run: benchB3, onScene: true },
  {
    id: 'B4',
    about: "p99 of a grab's ack while claims are settled",
    usualSeconds: 120,
    run: benchB4,
    onScene: true,
  },
  { id: 'B10', about: 'CPU of everything for a grab', usualSeconds: 90, run: benchB10, onScene: true },
  { id: 'B7', about: 'claims settled into the ledger', usualSeconds: 170, run: benchB7, onScene: true },
  { id: 'B5', about: 'a drop pushed to 5,000 sockets', usualSeconds: 85, run: benchB5 },
  { id: 'B6', about: 'memory of an idle connection', usualSeconds: 220, run: benchB6 },
  { id: 'B8', about: 'a grab among many packets, and of large ones', usualSeconds: 60, run: benchB8 },
  { id: 'B9', about: 'arming a large packet', usualSeconds: 60, run: benchB9 },
  { id: 'L1', about: '1,000,000 shares and 200,000 users', usualSeconds: 50, run: benchL1 },
  { id: 'R1', about: 'what the rules of a campaign add to a grab', usualSeconds: 60, run: benchR1 },
];
