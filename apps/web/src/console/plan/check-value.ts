import { minorDigits, parseMoney } from '../../money.js';
import type { Words } from '../words/index.js';

/** What is wrong, in words, by the path of the field as the API names it. */
export type Problems = Record<string, string>;

export interface Saying {
  say: Words['problems'];
  currency: string;
  money: (minor: number) => string;
}

function plain(typed: string): string {
  return typed
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[．。]/g, '.')
    .replace(/[\s,，]/g, '');
}

/** A whole number as people type it; null when it is none. */
export function wholeOf(typed: string): number | null {
  const text = plain(typed);
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

export function numberOf(typed: string): number | null {
  const text = plain(typed).replace('−', '-');
  return /^-?\d+(\.\d*)?$|^-?\.\d+$/.test(text) ? Number(text) : null;
}

export function minorOf(typed: string, currency: string): number | null {
  const parsed = parseMoney(typed.replace(/[,，]/g, ''), minorDigits(currency));
  return 'minor' in parsed && parsed.minor > 0 ? parsed.minor : null;
}

/** Collects the first problem of each field. */
export class Checker {
  readonly problems: Problems = {};

  constructor(readonly saying: Saying) {}

  add(path: string, problem: string | null | undefined | false): void {
    if (problem && !(path in this.problems)) this.problems[path] = problem;
  }

  text(path: string, typed: string, max: number, { needed = false } = {}): void {
    const { say } = this.saying;
    if (needed && typed.trim() === '') this.add(path, say.needed);
    // As the server counts: UTF-16 units.
    if (typed.trim().length > max) this.add(path, say.tooLong(max));
  }

  whole(path: string, typed: string, min: number, max: number, { needed = true } = {}): number | null {
    if (!needed && typed.trim() === '') return null;
    const value = wholeOf(typed);
    if (value !== null && value >= min && value <= max) return value;
    this.add(path, this.saying.say.whole(min, max));
    return null;
  }

  number(path: string, typed: string, min: number, max: number): number | null {
    const value = numberOf(typed);
    if (value !== null && value >= min && value <= max) return value;
    this.add(path, this.saying.say.number(min, max));
    return null;
  }

  money(path: string, typed: string, { needed = true } = {}): number | null {
    const { say, currency } = this.saying;
    if (typed.trim() === '' && !needed) return null;
    const parsed = parseMoney(typed.replace(/[,，]/g, ''), minorDigits(currency));
    if ('problem' in parsed) this.add(path, say.money[parsed.problem]);
    else if (parsed.minor === 0) this.add(path, say.money.empty);
    else return parsed.minor;
    return null;
  }
}
