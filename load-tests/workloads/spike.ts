import type { Workload } from '../model/workload.ts';

export const spike: Workload = {
  name: 'spike',
  title: 'Spike: everyone in one second',
  about:
    'One packet for a crowd that has counted down to it: every person taps once within a second of its opening, four in ten of them win, and for some seconds more people try a packet that is sold out. Read open and sold-out traffic apart.',
  seconds: 20,
  scale: 1,
  crowd: {
    people: 1_500,
    watchers: 300,
    drops: [
      {
        at: 0.25,
        announceSeconds: 4,
        packet: { kind: 'lucky', amount: 60_000, count: 600 },
        taps: [
          { at: 0.255, perSecond: 1_500 },
          { at: 0.305, perSecond: 1_500 },
          { at: 0.307, perSecond: 200 },
          { at: 0.6, perSecond: 50 },
        ],
      },
    ],
  },
  sources: [],
  assumptions: [
    'The first taps come 100 ms after the opening: people see a countdown end, and then move a thumb.',
    'Two shares for every five people; one person in six only watches.',
  ],
  verdict: 'peak',
};
