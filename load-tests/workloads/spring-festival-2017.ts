import type { Workload } from '../model/workload.ts';
import { chatReplay, EVENING, EVENING_OF_DAY, HEIGHTS, OPENS_PER_SEND } from './chat-replay.ts';

const PACKETS = 14.2e9;
const PEAK_PER_SECOND = 760_000;
/** Packets sent, of those sent and opened together. */
const SENT = 1 / (1 + OPENS_PER_SEND);

export const springFestival2017: Workload = chatReplay({
  year: 2017,
  event: '760,000 packets a second',
  about:
    'The largest evening of red packets in chat that figures are known of. The same people and habits as 2016, nearly twice as many packets, and no outage told of.',
  sends: {
    ...EVENING,
    peak: { perSecond: PEAK_PER_SECOND * SENT, from: '00:00', until: '00:04' },
    total: PACKETS * SENT * EVENING_OF_DAY,
    between: HEIGHTS,
  },
  scale: 0.00015,
  sources: ['WeChat, eve of 2017: 14.2 bn packets, peak 760,000 a second.'],
  assumptions: [
    'The figures are read as packets sent and opened together, at 1 to 2.6: 211,000 sent and 549,000 opened in the busiest second.',
    'Three fifths of the day between 18:00 and 01:00. The instant of the peak is not known: put at midnight, for four minutes.',
  ],
});
