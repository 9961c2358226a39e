import { describe, expect, it } from 'vitest';
import { csvPieces, type Cell } from './csv.js';

async function lineOf(...cells: Cell[]): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of csvPieces(['a'], [[cells], []])) pieces.push(piece);
  expect(pieces).toHaveLength(2);
  expect(pieces[0]).toBe('\uFEFFa\r\n');
  return pieces[1]!.replace(/\r\n$/, '');
}

describe('a cell of a CSV', () => {
  it.each([
    ['=1+1', `'=1+1`],
    ['@SUM(1)', `'@SUM(1)`],
    ['-2+3', `'-2+3`],
    ['+7', `'+7`],
    ['\t=1+1', `"'\t=1+1"`],
    ['\r=1+1', `"'\r=1+1"`],
    ['\n=1+1', `"'\n=1+1"`],
    [' \u200b=1+1', `' \u200b=1+1`],
    ['＝1+1', `'＝1+1`],
    [' ＠SUM', `' ＠SUM`],
  ])('that begins as %j is no formula', async (text, cell) => {
    expect(await lineOf(text, 1)).toBe(`${cell},1`);
  });

  it.each(['a\r=1+1', 'a\n=1+1', 'a;=1+1', 'a\t=1+1', 'a,=1+1'])('of %j stays one cell', async (text) => {
    expect(await lineOf(text)).toBe(`"${text}"`);
  });

  it('keeps what is none of a formula as it is', async () => {
    expect(await lineOf('王小明', 'a-b@c', '"', -5, 0, true, null, undefined, new Date(0))).toBe(
      '王小明,a-b@c,"""",-5,0,true,,,1970-01-01T00:00:00.000Z',
    );
  });
});
