import { formatMoney, formatSigned } from '../money.js';
import { useText } from './index.js';

/** How amounts and instants are written in the language of the moment. */
export interface Format {
  money: (minor: number, currency: string) => string;
  signed: (minor: number, currency: string) => string;
  time: (at: number) => string;
  /** The time of today, with the day for any other. */
  when: (at: number) => string;
}

const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

const formats = new Map<string, Format>();

function isToday(at: number): boolean {
  return new Date(at).toDateString() === new Date().toDateString();
}

function makeFormat(locale: string): Format {
  const time = new Intl.DateTimeFormat(locale, TIME);
  const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', ...TIME });
  return {
    money: (minor, currency) => formatMoney(minor, currency, locale),
    signed: (minor, currency) => formatSigned(minor, currency, locale),
    time: (at) => time.format(at),
    when: (at) => (isToday(at) ? time : day).format(at),
  };
}

export function useFormat(): Format {
  const { locale } = useText();
  let format = formats.get(locale);
  if (!format) formats.set(locale, (format = makeFormat(locale)));
  return format;
}
