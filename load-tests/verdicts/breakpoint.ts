import type { Verdict } from '../model/workload.ts';

/** Ends where it breaks. Until there nothing else may have given way: then the figure is the service's own. */
export const breakpoint: Verdict = {
  name: 'breakpoint',
  breakpoint: { metric: 'grab.open.p99', atMost: 100, forSeconds: 5 },
  thresholds: [
    { metric: 'share.unknown', atMost: 0.5, because: 'what is overloaded is slow or busy; it still answers' },
    { metric: 'share.error', atMost: 0.1, because: 'overload is said as busy, not as an error' },
    { metric: 'late.p99', atMost: 100, because: 'else k6 broke before the service did' },
  ],
};
