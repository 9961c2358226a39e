import type { Verdict } from '../model/workload.ts';

/** Well below what the machine can do: everything is answered, and at once. */
export const gentle: Verdict = {
  name: 'gentle',
  thresholds: [
    {
      metric: 'grab.open.p99',
      atMost: 100,
      because: 'what is slower than a tenth of a second is felt as a wait',
    },
    { metric: 'grab.soldOut.p99', atMost: 100, because: 'a no is awaited as much as a yes' },
    { metric: 'grab.duplicate.p99', atMost: 100, because: 'who taps twice must not slow down anybody' },
    { metric: 'send.p99', atMost: 250, because: 'a send moves money in a transaction before it is answered' },
    { metric: 'push.p99', atMost: 500, because: 'people of one room should see a packet fall together' },
    {
      metric: 'settlement.p99',
      atMost: 2_000,
      because: 'the money stands in the wallet before one goes to look',
    },
    { metric: 'share.unknown', atMost: 0, because: 'nothing is lost without a fault' },
    { metric: 'share.error', atMost: 0, because: 'nobody here asks for anything that is wrong' },
    { metric: 'share.busy', atMost: 0, because: 'this load is no overload' },
    {
      metric: 'answered.ofOffered',
      atLeast: 99.9,
      because: 'every grab is answered, those of the last second too',
    },
    { metric: 'late.p99', atMost: 50, because: 'else k6 was measured and not the service' },
  ],
};
