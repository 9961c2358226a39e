import type { DropWorkload, Workload } from '../model/workload.ts';
import { areaOf, cutOf, placeOf, secondsOf, shapeOfEvening, type Evening } from './evening.ts';

const SHAKES = 11.0e9;
const SHAKES_PER_MINUTE_MAX = 810e6;
const PACKETS = 120e6;
const SECONDS = 180;
/** Assumed: who shakes does so once a second. */
const SHAKES_PER_PERSON = 1;
const SHARE_FEN = 100;
const GALA = { from: '20:00', until: '00:30' };
const COMPRESSION = secondsOf(GALA) / SECONDS;

/** Assumed rounds: opened, at the top for a minute, and over. The fourth has the known minute. */
const rounds = [
  { opens: '20:35', top: '20:37', falls: '20:38', over: '20:44' },
  { opens: '21:10', top: '21:12', falls: '21:13', over: '21:19' },
  { opens: '21:50', top: '21:52', falls: '21:53', over: '21:59' },
  { opens: '22:32', top: '22:34', falls: '22:35', over: '22:41' },
  { opens: '23:30', top: '23:32', falls: '23:33', over: '23:39' },
];
const PEAK_ROUND = 3;
/** Between rounds some go on shaking for what is left: height against a round's top. */
const BETWEEN = 0.02;

export const gala: Evening = {
  ...GALA,
  peak: { perSecond: SHAKES_PER_MINUTE_MAX / 60, from: '22:34', until: '22:35' },
  total: SHAKES,
  between: rounds.flatMap(({ opens, top, falls, over }, k) => [
    { at: opens, height: BETWEEN },
    ...(k === PEAK_ROUND ? [] : [{ at: top, height: 1 }]),
    ...(k === PEAK_ROUND ? [] : [{ at: falls, height: 1 }]),
    { at: over, height: BETWEEN },
  ]),
};

const shape = shapeOfEvening(gala);

function dropOf(k: number): DropWorkload {
  const { opens, over } = rounds[k]!;
  const at = placeOf(GALA, opens);
  const next = rounds[k + 1];
  const taps = cutOf(shape, at, next ? placeOf(GALA, next.opens) : shape.at(-1)!.at);
  const count = Math.round((areaOf(taps) * SECONDS * PACKETS) / SHAKES);
  return {
    ...{ at, announceSeconds: 4, taps },
    packet: { kind: 'lucky', amount: count * SHARE_FEN, count },
    shake: {
      oddsPercent: (100 * PACKETS) / SHAKES,
      releaseSeconds: Math.round((placeOf(GALA, over) - at) * SECONDS),
    },
  };
}

const people = Math.round(gala.peak.perSecond / SHAKES_PER_PERSON);

export const springFestival2015: Workload = {
  name: 'spring-festival-2015',
  title: 'Spring Festival 2015: shaking phones at the gala, 13.5 M a second',
  about:
    'A crowd shakes for packets of brands: one shake in 92 hits, and the quota of each round is released evenly over it. Nearly all answers are misses, which cost little; read open and refused traffic apart.',
  seconds: SECONDS,
  scale: 0.00005,
  crowd: { people, watchers: Math.round(people / 3), drops: rounds.map((_, k) => dropOf(k)) },
  sources: [
    'WeChat, gala of 2015: 11.0 bn shakes, peak 810 M per minute at 22:34, which is 13.5 M a second.',
    'WeChat, gala of 2015: 120 M packets given, so 1.09 % of the shakes; 638 access servers; about an hour of outage.',
  ],
  assumptions: [
    `The gala from ${GALA.from} to ${GALA.until} passes in ${SECONDS} s, ${COMPRESSION} times as fast. Rates are kept, so totals are ${COMPRESSION} times smaller than those of the evening, beside the scale, and the minute of the peak lasts ${(60 / COMPRESSION).toFixed(2)} s; with --duration ${secondsOf(GALA)} the evening has its real length and total.`,
    'Five rounds of shaking are assumed, at 20:35, 21:10, 21:50, 22:32 and 23:30, all shakes fell into them or after them, and the four whose height is not known are equally high: as high as makes the total come out.',
    'The packets were given in proportion to the shakes, one packet of the service for each round. A person wins once in a round at most.',
    'How many were shaking at once is not known. Assumed: one shake a second for each at the peak, and one person in four only watches.',
    'The outage is not replayed: it was an answer, not a question. Nobody sends packets here, so there is no ratio of sends to opens.',
    'Amounts are not from the event: 1.00 yuan a share on average.',
  ],
  verdict: 'peak',
};
