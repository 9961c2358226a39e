import type { DropWorkload, Shape, Workload } from '../model/workload.ts';

const SECONDS = 150;

/** People tap as soon as it opens, and fewer and fewer after that. Seconds of the load. */
function rush(second: number, perSecond: number): Shape {
  return [
    { at: (second + 0.1) / SECONDS, perSecond: 0 },
    { at: (second + 0.6) / SECONDS, perSecond },
    { at: (second + 2) / SECONDS, perSecond },
    { at: (second + 6) / SECONDS, perSecond: perSecond / 10 },
    { at: (second + 12) / SECONDS, perSecond: 0 },
  ];
}

const RAIN = { rounds: 3, roundSeconds: 8, pauseSeconds: 4, perPerson: 2 };

const drops: DropWorkload[] = [
  {
    at: 10 / SECONDS,
    announceSeconds: 5,
    packet: { kind: 'lucky', amount: 40_000, count: 400 },
    taps: rush(10, 300),
  },
  {
    at: 36 / SECONDS,
    announceSeconds: 5,
    packet: { kind: 'lucky', amount: 180_000, count: 1_800 },
    taps: [
      { at: 36 / SECONDS, perSecond: 0 },
      { at: 37 / SECONDS, perSecond: 180 },
      { at: 68 / SECONDS, perSecond: 180 },
      { at: 69 / SECONDS, perSecond: 0 },
    ],
    rain: RAIN,
  },
  {
    at: 80 / SECONDS,
    announceSeconds: 5,
    packet: { kind: 'fixed', amount: 30_000, count: 300 },
    taps: rush(80, 200),
    quiz: {
      questions: [
        { text: 'Which year begins tonight?', options: ['Horse', 'Goat', 'Monkey', 'Rooster'], answer: 2 },
        { text: 'How many fen are in a yuan?', options: ['10', '100'], answer: 1 },
      ],
      wrongPercent: 15,
    },
  },
  {
    at: 105 / SECONDS,
    announceSeconds: 5,
    packet: { kind: 'fixed', amount: 40_000, count: 400 },
    taps: rush(105, 300),
  },
  {
    at: 128 / SECONDS,
    announceSeconds: 5,
    packet: { kind: 'lucky', amount: 90_000, count: 450 },
    taps: rush(128, 400),
  },
];

export const campaignEvening: Workload = {
  name: 'campaign-evening',
  title: "Campaign evening: a brand's three drops, a rain and a quiz",
  about:
    'One campaign with five drops for the same audience, one after another: lucky, rain, quiz, fixed, and a last one that more people come for. Read whether each drop opens at its instant and what its first second looks like.',
  seconds: SECONDS,
  scale: 1,
  crowd: { people: 900, watchers: 300, drops },
  sources: [],
  assumptions: [
    'An hour and a half of television in two and a half minutes: what happens between drops is left out.',
    'One person in four only watches; of those who answer the quiz 15 in a hundred are wrong at first.',
  ],
  verdict: 'peak',
};
