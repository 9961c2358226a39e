import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchB1 } from './b1-batched-grabs.js';
import { benchB8 } from './b8-grabs-at-any-size.js';
import { benchB9 } from './b9-arming.js';
import { benchL1 } from './l1-large-packet.js';
import type { Measurement } from './measurement.js';
import { benchR1 } from './r1-ruled-grabs.js';

/** `npm run bench [-- --only B1 --json FILE]`. Each benchmark starts what it needs, and leaves nothing behind. */
const benchmarks: Record<string, () => Promise<Measurement[]>> = {
  B1: benchB1,
  B8: benchB8,
  B9: benchB9,
  R1: benchR1,
  L1: benchL1,
};

const { only, json } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } }).values;
if (only && !benchmarks[only]) {
  console.error(`there is no ${only}; there are ${Object.keys(benchmarks).join(', ')}`);
  process.exit(2);
}
const measured: Measurement[] = [];
for (const id of only ? [only] : Object.keys(benchmarks)) measured.push(...(await benchmarks[id]!()));
for (const { id, work, against, value, bare, unit, ratio, goal, met } of measured) {
  const verdict = met ? 'met' : 'NOT MET';
  console.log(`${id}  ${work}: ${value} ${unit}; ${against}: ${bare}; ${ratio}× (goal ${goal}: ${verdict})`);
}
if (json) writeFileSync(json, JSON.stringify(measured, null, 2));
