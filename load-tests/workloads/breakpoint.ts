import type { Workload } from '../model/workload.ts';

export const breakpoint: Workload = {
  name: 'breakpoint',
  title: 'Breakpoint: opens raised until the answers are late',
  about:
    'The rate of opens rises in a straight line, and nearly every grab wins a share, for sold-out grabs are cheap and would flatter. The run ends when the 99th percentile has been over 100 ms for five seconds in a row; the report names the rate and the process that was full.',
  seconds: 180,
  scale: 1,
  rooms: {
    rooms: 24,
    members: 60,
    watchers: 0,
    // 60 opens each: 60 a second to 3,000 a second.
    sends: [
      { at: 0, perSecond: 1 },
      { at: 1, perSecond: 50 },
    ],
    packet: { kind: 'lucky', shares: 60, amount: 6_000, expiresInSeconds: 60 },
    latePerSend: 0,
    repeatsPerSend: 0,
    reactionMs: { min: 100, mean: 700, late: 1_000 },
  },
  sources: [],
  assumptions: [
    'Large rooms: 60 opens to a send, so that it is grabs that break something and not the funding of packets.',
    'Nobody is late and nobody taps twice.',
  ],
  verdict: 'breakpoint',
};
