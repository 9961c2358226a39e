/** Numbers as text, with their units. The space before a unit never breaks. */
const SPACE = '\u00a0';
const MINUS = '\u2212';
export const NOTHING = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const money = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

const signed = (text: string) => text.replace(/^-/, MINUS);

/** Small figures keep their digits: 0.25 must not become 0. */
export function count(n: number): string {
  return signed(Math.abs(n) < 100 ? threeDigits.format(n) : whole.format(n));
}

export const perSecond = (n: number) => `${count(n)}/s`;

/** On an axis, where there is little room. */
export const short = (n: number) => signed(Math.abs(n) < 1_000 ? threeDigits.format(n) : compact.format(n));

export function ms(value: number): string {
  if (Math.abs(value) >= 10_000) return `${signed(oneDigit.format(value / 1_000))}${SPACE}s`;
  return `${signed(Math.abs(value) < 100 ? threeDigits.format(value) : whole.format(value))}${SPACE}ms`;
}

/** On the logarithmic axis: 1000 is `1 s`. */
export function shortMs(value: number): string {
  return value >= 1_000
    ? `${threeDigits.format(value / 1_000)}${SPACE}s`
    : `${threeDigits.format(value)}${SPACE}ms`;
}

/** `value` is in percent already. Close to a hundred, digits tell a loss of one in ten thousand from none. */
export function percent(value: number): string {
  const near = value > 99 && value < 100;
  const text = near ? String(Math.floor(value * 1_000) / 1_000) : count(Math.round(value * 100) / 100);
  return `${text}${SPACE}%`;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function bytes(value: number): string {
  const step = Math.min(Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10), BYTE_UNITS.length - 1);
  return `${signed(threeDigits.format(value / 1_024 ** step))}${SPACE}${BYTE_UNITS[step]}`;
}

/** From fen. */
export function yuan(fen: number): string {
  return `${fen < 0 ? MINUS : ''}¥${money.format(Math.abs(fen) / 100)}`;
}

/** A second of the load, as `m:ss`. */
export function clock(second: number): string {
  const at = Math.max(0, Math.floor(second));
  const two = (n: number) => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(at / 3_600), Math.floor(at / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(at % 60)}` : `${minutes}:${two(at % 60)}`;
}

/** An ISO 8601 instant, moved by so many seconds; what is none is given back as it is. */
export function utc(iso: string, plusSeconds = 0): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  return `${new Date(at + plusSeconds * 1_000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** In a unit that is named in words, such as a verdict's or a series'. */
export function inUnit(value: number, unit: string): string {
  switch (unit) {
    case 'ms':
      return ms(value);
    case '%':
    case 'percent':
    case 'percent of a core':
      return percent(value);
    case 'bytes':
      return bytes(value);
    case 'per second':
      return perSecond(value);
    case 'count':
    case '':
      return count(value);
    default:
      return `${count(value)}${SPACE}${unit}`;
  }
}

/** `1 grab`, `2 grabs`. */
export const some = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;
