import type { Workload } from '../model/workload.ts';
import { chatReplay, EVENING, EVENING_OF_DAY, HEIGHTS, OPENS_PER_SEND } from './chat-replay.ts';

const OPENED_PER_MINUTE = 25_000;
/** A day's total against its peak second, as in 2017: 14.2 bn to 760,000. */
const DAY_TO_PEAK = 14.2e9 / 760_000;

const sentPerSecond = OPENED_PER_MINUTE / 60 / OPENS_PER_SEND;

export const springFestival2014: Workload = chatReplay({
  year: 2014,
  event: 'the first evening of red packets in WeChat',
  about:
    'The evening that made red packets famous was small: 417 packets opened a second in its busiest minute. At scale 1 the rates are those of all of WeChat.',
  sends: {
    ...EVENING,
    peak: { perSecond: sentPerSecond, from: '00:00', until: '00:05' },
    total: sentPerSecond * DAY_TO_PEAK * EVENING_OF_DAY,
    between: HEIGHTS,
  },
  scale: 0.2,
  sources: [
    "WeChat, eve of 2014: peak 25,000 packets opened per minute, which is 417 a second (Tencent's figure as reported; often misquoted as per second).",
    'WeChat, eve of 2014: 4.82 M people took part.',
    'WeChat, eve of 2017: 14.2 bn packets and a peak of 760,000 a second, for the ratio of the two.',
  ],
  assumptions: [
    'The total of 2014 is not known. Taken: the ratio of total to peak of 2017, and three fifths of the day between 18:00 and 01:00.',
    'The instant of the peak is not known: put at midnight, for five minutes.',
    'The 4.82 M people took part over the whole evening; they are not connected one by one.',
  ],
});
