import type { Workload } from '../model/workload.ts';

export const reconnectStorm: Workload = {
  name: 'reconnect-storm',
  title: 'Reconnect storm: the network goes, and everyone comes back',
  about:
    'Ordinary traffic in rooms, while a third of all connections is cut at once, and later all of them. Read how long people take to be back in their rooms, and what those who stayed notice of it.',
  seconds: 60,
  scale: 1,
  rooms: {
    rooms: 80,
    members: 8,
    watchers: 3,
    sends: [
      { at: 0, perSecond: 12 },
      { at: 1, perSecond: 12 },
    ],
    packet: { kind: 'lucky', shares: 5, amount: 500, expiresInSeconds: 60 },
    latePerSend: 2,
    repeatsPerSend: 1,
    reactionMs: { min: 150, mean: 600, late: 1_000 },
  },
  storms: [
    { at: 0.25, percent: 33 },
    { at: 0.6, percent: 100 },
  ],
  sources: [],
  assumptions: [
    'A cell or a load balancer that dies takes a third of the connections; a gateway that is put in place of another takes all.',
    'Clients come back by themselves with jitter, as docs/sockets.md asks of them.',
  ],
  verdict: 'storm',
};
