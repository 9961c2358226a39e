import type { Verdict } from '../model/workload.ts';

/** A peak may be felt, but nothing hangs and nothing is lost. */
export const peak: Verdict = {
  name: 'peak',
  thresholds: [
    { metric: 'grab.open.p99', atMost: 500, because: 'winners of a peak still learn within half a second' },
    {
      metric: 'settlement.p99',
      atMost: 5_000,
      because: 'a backlog of a peak is gone within seconds, not minutes',
    },
    { metric: 'push.p99', atMost: 1_000, because: 'who hears of a packet a second late has no chance at it' },
    { metric: 'share.unknown', atMost: 0.1, because: 'a hang is worse than a no' },
    { metric: 'share.error', atMost: 0.1, because: 'overload is said as busy, not as an error' },
    {
      metric: 'share.busy',
      atMost: 5,
      because: 'busy is the honest answer to an overload, but not the usual one',
    },
    {
      metric: 'answered.ofOffered',
      atLeast: 99.5,
      because: 'nearly every grab is answered, whatever the answer',
    },
    { metric: 'late.p99', atMost: 100, because: 'else k6 was measured and not the service' },
  ],
};
