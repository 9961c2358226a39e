import type { Workload } from '../model/workload.ts';

export const soak: Workload = {
  name: 'soak',
  title: 'Soak: half an hour at a moderate rate',
  about:
    'For what only time shows: memory that grows, a backlog that is never quite worked off, percentiles that creep. Read the saturation curves first. Give it hours with --duration.',
  seconds: 1_800,
  scale: 1,
  rooms: {
    rooms: 60,
    members: 8,
    watchers: 4,
    sends: [
      { at: 0, perSecond: 10 },
      { at: 1, perSecond: 10 },
    ],
    packet: { kind: 'lucky', shares: 5, amount: 500, expiresInSeconds: 60 },
    latePerSend: 2,
    repeatsPerSend: 1,
    reactionMs: { min: 150, mean: 600, late: 1_000 },
  },
  sources: [],
  assumptions: [
    'Some two fifths of the rate of `steady`, so that what grows does so by itself and not because of overload.',
  ],
  verdict: 'soak',
};
