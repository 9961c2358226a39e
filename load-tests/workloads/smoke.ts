import type { Workload } from '../model/workload.ts';

export const smoke: Workload = {
  name: 'smoke',
  title: 'Smoke: a little of everything, in under a minute',
  about:
    'Does every kind of traffic get its answer, and does the money add up? Too small to say how fast the service is: its latencies are those of a service that has only just begun.',
  seconds: 20,
  scale: 1,
  rooms: {
    rooms: 6,
    members: 7,
    watchers: 2,
    sends: [
      { at: 0.02, perSecond: 2 },
      { at: 0.5, perSecond: 4 },
      { at: 0.9, perSecond: 4 },
    ],
    packet: { kind: 'lucky', shares: 4, amount: 400, expiresInSeconds: 30 },
    latePerSend: 2,
    repeatsPerSend: 1,
    reactionMs: { min: 80, mean: 200, late: 400 },
  },
  crowd: {
    people: 60,
    watchers: 10,
    drops: [
      {
        at: 0.3,
        announceSeconds: 3,
        packet: { kind: 'fixed', amount: 2_000, count: 20 },
        claimsPerPerson: 1,
        // Two seconds before it opens the hasty begin: they hear `not_open`. At some 40 tries all is gone.
        taps: [
          { at: 0.2, perSecond: 5 },
          { at: 0.3, perSecond: 20 },
          { at: 0.4, perSecond: 20 },
          { at: 0.7, perSecond: 5 },
        ],
        quiz: {
          questions: [
            { text: 'How many fen are in a yuan?', options: ['10', '100', '1,000'], answer: 1 },
            { text: 'Which colour is a red packet?', options: ['Red', 'Blue'], answer: 0 },
          ],
          wrongPercent: 10,
        },
      },
    ],
  },
  // After the last taps, so that nothing is cut off while it is being answered.
  storms: [{ at: 0.97, percent: 20 }],
  sources: [],
  assumptions: ['All figures are chosen so that each kind of traffic comes at least a dozen times.'],
  verdict: 'smoke',
};
