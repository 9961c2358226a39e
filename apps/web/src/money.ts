export const DEFAULT_CURRENCY = 'CNY';

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string, locale: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  let format = formats.get(key);
  if (!format) {
    // narrowSymbol: "¥" in English too, where the default would be "CN¥".
    format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
    formats.set(key, format);
  }
  return format;
}

/** How many digits the minor unit has: 2 for fen, 0 for yen. */
export function minorDigits(currency: string): number {
  return formatOf(currency, 'en').resolvedOptions().maximumFractionDigits ?? 2;
}

/** 12345 → "123.45", by string arithmetic: a division would round what passes 2^53. */
export function toDecimal(minor: number, digits: number): string {
  const sign = minor < 0 ? '-' : '';
  const all = String(Math.abs(minor)).padStart(digits + 1, '0');
  const whole = all.slice(0, all.length - digits);
  return digits === 0 ? `${sign}${all}` : `${sign}${whole}.${all.slice(-digits)}`;
}

/** Minor units as people read them: ¥123.45. */
export function formatMoney(minor: number, currency: string, locale: string): string {
  return formatOf(currency, locale).format(toDecimal(minor, minorDigits(currency)) as `${number}`);
}

/** With the sign always shown, for movements of a wallet. */
export function formatSigned(minor: number, currency: string, locale: string): string {
  const text = formatMoney(Math.abs(minor), currency, locale);
  return minor < 0 ? `−${text}` : `+${text}`;
}

export type ParsedMoney = { minor: number } | { problem: 'empty' | 'format' | 'precision' | 'huge' };

const WHOLE_DIGITS_MAX = 12;

/** What a person typed, in major units, to minor units. Full-width digits and dots of a Chinese keyboard count. */
export function parseMoney(typed: string, digits = 2): ParsedMoney {
  const text = typed
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[．。]/g, '.')
    .replace(/[\s¥￥]/g, '');
  if (text === '') return { problem: 'empty' };
  const parts = /^(\d*)(?:\.(\d*))?$/.exec(text);
  const whole = parts?.[1] ?? '';
  const fraction = parts?.[2] ?? '';
  if (!parts || whole + fraction === '') return { problem: 'format' };
  if (/[1-9]/.test(fraction.slice(digits))) return { problem: 'precision' };
  if (whole.replace(/^0+/, '').length > WHOLE_DIGITS_MAX) return { problem: 'huge' };
  return { minor: Number(whole + fraction.slice(0, digits).padEnd(digits, '0')) };
}
