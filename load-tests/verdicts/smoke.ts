import type { Verdict } from '../model/workload.ts';

/** Right on any machine, a busy one too: everything is answered. The times are wide: beyond them something hangs. */
export const smoke: Verdict = {
  name: 'smoke',
  thresholds: [
    { metric: 'share.unknown', atMost: 0, because: 'nothing is lost without a fault' },
    { metric: 'share.error', atMost: 0, because: 'nobody here asks for anything that is wrong' },
    { metric: 'share.busy', atMost: 0, because: 'this load is no overload' },
    { metric: 'answered.ofOffered', atLeast: 100, because: 'so few grabs are all answered' },
    { metric: 'grab.open.p99', atMost: 1_000, because: 'slower than a second is broken, on any machine' },
    { metric: 'grab.soldOut.p99', atMost: 1_000, because: 'a no is awaited as much as a yes' },
    { metric: 'grab.duplicate.p99', atMost: 1_000, because: 'who taps twice is answered like anybody' },
    { metric: 'settlement.p99', atMost: 5_000, because: 'the money comes within seconds' },
  ],
};
