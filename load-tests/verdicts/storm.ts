import type { Verdict } from '../model/workload.ts';

/** Connections are cut on purpose: who stays notices little, and everybody is back soon. */
export const storm: Verdict = {
  name: 'storm',
  thresholds: [
    {
      metric: 'reconnect.p99',
      atMost: 10_000,
      because: 'everybody is back in their room within ten seconds, jitter included',
    },
    {
      metric: 'grab.open.p50',
      atMost: 100,
      because: 'most taps are of people who are there: they notice little',
    },
    {
      metric: 'grab.open.p99',
      atMost: 10_000,
      because: 'a tap that falls due while one is away waits for the way back, and no longer',
    },
    { metric: 'settlement.p99', atMost: 5_000, because: 'money does not wait for connections' },
    {
      metric: 'share.unknown',
      atMost: 5,
      because: 'grabs under way when the line was cut have no answer; no others',
    },
    { metric: 'share.error', atMost: 1, because: 'coming back is no error' },
    { metric: 'late.p99', atMost: 500, because: 'k6 opens all these connections too' },
  ],
};
