import type { Workload } from '../model/workload.ts';
import { chatReplay, EVENING, EVENING_OF_DAY, HEIGHTS, OPENS_PER_SEND } from './chat-replay.ts';

const PACKETS = 8.08e9;
const PEAK_PER_SECOND = 409_000;
/** Packets sent, of those sent and opened together. */
const SENT = 1 / (1 + OPENS_PER_SEND);

export const springFestival2016: Workload = chatReplay({
  year: 2016,
  event: '409,000 packets a second at 00:06',
  about:
    'The real service was stuck from 19:50 to about 21:00, four hours before its peak: see whether the plateau of the early evening bends anything here, and what 00:06 does.',
  sends: {
    ...EVENING,
    peak: { perSecond: PEAK_PER_SECOND * SENT, from: '00:04', until: '00:08' },
    total: PACKETS * SENT * EVENING_OF_DAY,
    between: [
      ...HEIGHTS.filter(({ at }) => at !== '20:00' && at !== '21:00'),
      { at: '19:50', height: 1.25 },
      { at: '21:00', height: 1.25 },
      { at: '21:10', height: 0.9 },
    ],
  },
  scale: 0.00025,
  sources: [
    'WeChat, eve of 2016: 8.08 bn packets, peak 409,000 a second at 00:06, 420 M people.',
    'WeChat, eve of 2016: stuck from 19:50 to about 21:00.',
  ],
  assumptions: [
    'The figures are read as packets sent and opened together, at 1 to 2.6: 114,000 sent and 295,000 opened in the busiest second.',
    'Three fifths of the day between 18:00 and 01:00. The peak second is held for four minutes, 00:04 to 00:08.',
    'From 19:50 to 21:00 is known only what was answered, not what was asked. Assumed: people went on trying, a quarter above the rate of 20:00 in other years.',
    'The 420 M people took part over the whole day; they are not connected one by one.',
  ],
});
