import { formatMoney } from '../money.js';
import { en, useWords, zh, type Words } from './words/index.js';

/** Rehearsals are paid in it. */
const PLAY_CURRENCY = 'XTS';

/** How figures are written in the language of the moment. Instants in this machine's zone. */
export interface Figures {
  money: (minor: number, currency: string) => string;
  /** For an axis: without decimals where they say nothing, and without a word for play money. */
  moneyShort: (minor: number, currency: string) => string;
  count: (n: number) => string;
  /** Of 1. */
  percent: (part: number) => string;
  /** Day, hours and minutes, seconds where they are not 0. */
  instant: (at: string | number) => string;
  /** To the second. */
  clock: (at: string | number) => string;
  time: (at: string | number) => string;
  day: (at: string | number) => string;
  weekday: (at: string | number) => string;
  /** For a narrow column. */
  weekdayShort: (at: string | number) => string;
  /** From one instant to another; the day is said once when it is the same. */
  span: (from: string, to: string) => string;
  duration: (seconds: number) => string;
  ms: (ms: number) => string;
}

function makeInstants(locale: string) {
  const minutes: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const date: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric' };
  const make = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, options);
    return (at: string | number) => format.format(typeof at === 'string' ? Date.parse(at) : at);
  };
  const full = {
    toMinute: make({ ...date, ...minutes }),
    toSecond: make({ ...date, ...minutes, second: '2-digit' }),
  };
  const short = { toMinute: make(minutes), toSecond: make({ ...minutes, second: '2-digit' }) };
  const isWhole = (at: string | number) => new Date(at).getSeconds() === 0;
  return {
    instant: (at: string | number) => (isWhole(at) ? full.toMinute : full.toSecond)(at),
    time: (at: string | number) => (isWhole(at) ? short.toMinute : short.toSecond)(at),
    clock: short.toSecond,
    day: make(date),
    weekdayShort: make({ weekday: 'short', day: 'numeric' }),
    weekday: make({ weekday: 'short', month: 'short', day: 'numeric' }),
  };
}

function makeFigures(words: Words): Figures {
  const { locale } = words;
  const numbers = new Intl.NumberFormat(locale);
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const instants = makeInstants(locale);
  const decimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return {
    ...instants,
    money: (minor, currency) =>
      currency === PLAY_CURRENCY
        ? words.playMoney(decimal.format(minor / 100))
        : formatMoney(minor, currency, locale),
    moneyShort: (minor, currency) => {
      const text =
        currency === PLAY_CURRENCY ? decimal.format(minor / 100) : formatMoney(minor, currency, locale);
      return text.replace(/[.]00$/, '');
    },
    count: (n) => numbers.format(n),
    percent: (part) => percents.format(part),
    span: (from, to) => {
      const sameDay = new Date(from).toDateString() === new Date(to).toDateString();
      return words.campaign.span(instants.instant(from), sameDay ? instants.time(to) : instants.instant(to));
    },
    duration: (seconds) => {
      if (seconds > 0 && seconds % 3_600 === 0) return words.hours(seconds / 3_600);
      if (seconds < 60) return words.seconds(seconds);
      const rest = seconds % 60;
      return words.minutes(Math.floor(seconds / 60)) + (rest ? ` ${words.seconds(rest)}` : '');
    },
    ms: (ms) => `${numbers.format(ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms))} ms`,
  };
}

const made = new Map<Words, Figures>();

export function useFigures(): Figures {
  const words = useWords();
  let figures = made.get(words);
  if (!figures) made.set(words, (figures = makeFigures(words)));
  return figures;
}

/** Outside of rendering, for tests. */
export const figuresOf = (language: 'en' | 'zh'): Figures => makeFigures(language === 'en' ? en : zh);
