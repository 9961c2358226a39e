import type { Verdict } from '../model/workload.ts';
import { gentle } from './gentle.ts';

const growth = (process: string, atMost: number, because: string) => ({
  metric: `memory.growth.${process}`,
  atMost,
  because,
});

/** As `gentle`, and nothing grows. */
export const soak: Verdict = {
  name: 'soak',
  thresholds: [
    ...gentle.thresholds,
    growth('gateway', 30, 'caches fill up in the first minutes; more than that is a leak'),
    growth('api', 30, 'as for the gateway'),
    growth('worker', 30, 'as for the gateway'),
  ],
};
