import type { Shape, Workload } from '../model/workload.ts';
import { areaOf, secondsOf, shapeOfEvening, type Evening } from './evening.ts';

/** WeChat's busiest minute of 31 December 2015: 2.4 M sent, 6.2 M opened, rounded as it is usually told. */
export const OPENS_PER_SEND = 2.6;
/** Assumed: of a day's packets so much falls into the seven hours from 18:00 to 01:00. */
export const EVENING_OF_DAY = 0.6;
/** Assumed: at the peak each person who taps opens a packet in so many seconds. */
const SECONDS_PER_OPEN = 6;
const MEMBERS = 6;
const WATCHERS = 2;
const SECONDS = 180;
export const EVENING = { from: '18:00', until: '01:00' };

/** Assumed heights of an evening of 2014 to 2017 against each other, its peak aside. */
export const HEIGHTS: Evening['between'] = [
  { at: '18:00', height: 0.5 },
  { at: '19:30', height: 0.9 },
  { at: '20:00', height: 1 },
  { at: '21:00', height: 0.9 },
  { at: '22:30', height: 0.8 },
  { at: '23:30', height: 1 },
  { at: '23:55', height: 1.3 },
  { at: '00:20', height: 0.9 },
  { at: '01:00', height: 0.3 },
];

export interface ChatReplay {
  year: number;
  event: string;
  about: string;
  /** Packets sent, not those opened. */
  sends: Evening;
  scale: number;
  sources: string[];
  assumptions: string[];
}

/** People in rooms who send packets to each other: an evening of 2014, 2016 or 2017. */
export function chatReplay({ year, event, about, sends, scale, sources, assumptions }: ChatReplay): Workload {
  const shape = shapeOfEvening(sends);
  const opensAtPeak = sends.peak.perSecond * OPENS_PER_SEND;
  return {
    ...{ name: `spring-festival-${year}`, title: `Spring Festival ${year}: ${event}`, about },
    ...{ seconds: SECONDS, scale, verdict: 'peak' },
    rooms: {
      rooms: Math.round((opensAtPeak * SECONDS_PER_OPEN) / MEMBERS),
      ...{ members: MEMBERS, watchers: WATCHERS, sends: shape },
      packet: { kind: 'lucky', shares: OPENS_PER_SEND, amount: 260, expiresInSeconds: 60 },
      ...{ latePerSend: 1, repeatsPerSend: 1, reactionMs: { min: 150, mean: 500, late: 800 } },
    },
    sources: [
      ...sources,
      'WeChat, busiest minute of 31 December 2015: 2.4 M packets sent and 6.2 M opened, so 1 send to 2.6 opens.',
    ],
    assumptions: [...assumptions, ...sharedAssumptions(shape, sends)],
  };
}

function sharedAssumptions(shape: Shape, sends: Evening): string[] {
  const compression = Math.round(secondsOf(sends) / SECONDS);
  const mean = Math.round((areaOf(shape) / sends.peak.perSecond) * 100);
  return [
    `The seven hours from ${sends.from} to ${sends.until} pass in ${SECONDS} s, ${compression} times as fast. Rates are kept, so totals are ${compression} times smaller than those of the evening, beside the scale; with --duration ${secondsOf(sends)} the evening has its real length and total.`,
    `The curve between the cited figures is straight lines through assumed heights; one factor for all of them is computed so that the total comes out. Over the evening the mean is ${mean} % of the peak.`,
    `How many were connected at once is not known. Assumed: those who tap open one packet in ${SECONDS_PER_OPEN} s each at the peak, in rooms of ${1 + MEMBERS + WATCHERS}: one sends, ${MEMBERS} tap, ${WATCHERS} only watch.`,
    'A packet of 2.6 shares is one of 3 in six cases and one of 2 in four. One more person comes too late for each packet, and one taps again: these come on top of the opens.',
    'Amounts are not from the event: 1.00 yuan a share on average.',
  ];
}
