import type { Shape, Workload } from '../model/workload.ts';

const SECONDS = 90;
const OPENS_AT_SECOND = 9;
const ROUNDS = 5;
const ROUND_SECONDS = 10;
const PAUSE_SECONDS = 5;
/** Taps begin and end with a round, within so long. */
const EDGE_SECONDS = 0.2;

/** People tap while packets fall, and nearly stop in the pauses. */
function tapsOfRounds(inRound: number, inPause: number): Shape {
  return Array.from({ length: ROUNDS }, (_, round) => {
    const begin = OPENS_AT_SECOND + round * (ROUND_SECONDS + PAUSE_SECONDS);
    const end = begin + ROUND_SECONDS;
    return [
      { at: begin / SECONDS, perSecond: inPause },
      { at: (begin + EDGE_SECONDS) / SECONDS, perSecond: inRound },
      { at: end / SECONDS, perSecond: inRound },
      { at: (end + EDGE_SECONDS) / SECONDS, perSecond: inPause },
    ];
  }).flat();
}

export const rain: Workload = {
  name: 'rain',
  title: 'Rain: five rounds of falling packets',
  about:
    'Each round lets shares go evenly over ten seconds, in three packets of which a person may catch one share each. Between releases the answer is not_open with the next instant, so refusals are many here and no fault.',
  seconds: SECONDS,
  scale: 1,
  crowd: {
    people: 700,
    watchers: 150,
    drops: [
      {
        at: OPENS_AT_SECOND / SECONDS,
        announceSeconds: 5,
        // 1,200 a round: 120 a second.
        packet: { kind: 'lucky', amount: 600_000, count: 6_000 },
        taps: tapsOfRounds(250, 10),
        rain: { rounds: ROUNDS, roundSeconds: ROUND_SECONDS, pauseSeconds: PAUSE_SECONDS, perPerson: 3 },
      },
    ],
  },
  sources: [],
  assumptions: [
    'A person taps once in three seconds while packets fall; one person in six only watches.',
    'Shares for about half of the taps.',
  ],
  verdict: 'peak',
};
