import type { Verdict } from '../model/workload.ts';
import { breakpoint } from './breakpoint.ts';
import { gentle } from './gentle.ts';
import { peak } from './peak.ts';
import { smoke } from './smoke.ts';
import { soak } from './soak.ts';
import { storm } from './storm.ts';

/** By name, as workloads refer to them. */
export const verdicts: Readonly<Record<string, Verdict>> = Object.fromEntries(
  [smoke, gentle, peak, soak, breakpoint, storm].map((verdict) => [verdict.name, verdict]),
);
