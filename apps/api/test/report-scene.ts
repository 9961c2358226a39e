import { randomUUID } from 'node:crypto';
import { HttpClient } from '@app/client';
import { signIn, type TestPerson } from '@app/testing';

/** Names that a spreadsheet would compute, and ids that begin like a formula. */
const SLY_NAMES = [
  '=1+1',
  '@SUM(1)',
  '-2+3',
  '+7',
  '\t=1+1',
  '\r=1+1',
  '\n=1+1',
  'a\r=1+1',
  'a\n=1+1',
  ' =1+1',
  '＝1+1',
  'a;=1+1',
  '"=1+1',
  '王,"小"\n明',
];
const SLY_IDS = ['-', '@', '-2.3@', '@SUM_'];

async function named(url: string, userId: string, name: string): Promise<TestPerson> {
  const { token } = await new HttpClient({ url }).devToken({ userId, name });
  return { ...(await signIn(url)), userId, name, token };
}

/** One of each. */
export function slyPeople(url: string): Promise<TestPerson[]> {
  const of = randomUUID().slice(0, 8);
  const ids = [...SLY_NAMES.map((_, k) => `sly-${k}-`), ...SLY_IDS].map((id) => `${id}${of}`);
  return Promise.all(ids.map((userId, k) => named(url, userId, SLY_NAMES[k] ?? userId)));
}

/** RFC 4180, apart from the service's own library: records of cells. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [[]];
  for (let at = 0; at < text.length; at += 1) {
    const quoted = text[at] === '"' ? /"((?:[^"]|"")*)"/y : /([^,\r\n]*)/y;
    quoted.lastIndex = at;
    const [whole, cell] = quoted.exec(text)!;
    records.at(-1)!.push(cell!.replaceAll('""', '"'));
    at += whole.length;
    if (text.startsWith('\r\n', at)) {
      records.push([]);
      at += 1;
    } else if (at < text.length && text[at] !== ',')
      throw new Error(`no separator at ${at}: ${text.slice(at, at + 20)}`);
  }
  if (records.at(-1)!.length === 0) records.pop();
  return records;
}
