/**
 * One field of a JSON text without parsing the rest: a packet is told to thousands, and of all that it carries two or
 * three fields are looked at. The first field of that name counts, at any depth; names inside strings don't, for the
 * quotes around them are escaped there.
 */
export function textField(json: string, name: string): string | undefined {
  const from = after(json, `"${name}":"`);
  if (from < 0) return undefined;
  const end = json.indexOf('"', from);
  const text = json.slice(from, end);
  // Ids and words have no escapes; a greeting may.
  return text.includes('\\') ? fullText(json, from) : text;
}

export function numberField(json: string, name: string): number | undefined {
  const from = after(json, `"${name}":`);
  if (from < 0) return undefined;
  const value = parseFloat(json.slice(from, from + DIGITS_MAX));
  return Number.isNaN(value) ? undefined : value;
}

/** The longest number that JSON.stringify writes is 24 characters. */
const DIGITS_MAX = 24;

function after(json: string, start: string): number {
  const at = json.indexOf(start);
  return at < 0 ? -1 : at + start.length;
}

function fullText(json: string, from: number): string {
  let end = from;
  while (json[end] !== '"') end += json[end] === '\\' ? 2 : 1;
  return JSON.parse(json.slice(from - 1, end + 1)) as string;
}
