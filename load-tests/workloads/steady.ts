import type { Workload } from '../model/workload.ts';

export const steady: Workload = {
  name: 'steady',
  title: 'Steady: an ordinary busy hour in many rooms',
  about:
    'One rate for a minute: the base line that other runs, and other builds, are compared with. Its percentiles should be flat; a rise towards the end is a backlog.',
  seconds: 60,
  scale: 1,
  rooms: {
    rooms: 80,
    members: 8,
    watchers: 3,
    sends: [
      { at: 0, perSecond: 25 },
      { at: 1, perSecond: 25 },
    ],
    packet: { kind: 'lucky', shares: 5, amount: 500, expiresInSeconds: 60 },
    latePerSend: 2,
    repeatsPerSend: 1,
    reactionMs: { min: 150, mean: 600, late: 1_000 },
  },
  sources: [],
  assumptions: [
    '25 packets a second into rooms of 12: 5 people open each, 2 come too late, 1 taps again, 3 only watch.',
    'People tap 150 ms after a packet falls at the earliest, and 750 ms after it on average.',
  ],
  verdict: 'gentle',
};
