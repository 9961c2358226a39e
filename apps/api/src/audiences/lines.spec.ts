import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_BYTES_MAX, linesOf, type Line } from './lines.js';

async function read(...pieces: string[]): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const some of linesOf(stream(pieces))) lines.push(...some);
  return lines;
}

async function* stream(pieces: string[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece, 'latin1');
}

const texts = (lines: Line[]) => lines.map(({ text }) => text);

describe('the lines of a body', () => {
  it('end in LF, CRLF or CR, also within one body, and the last one needs no end', async () => {
    expect(await read('a\nb\r\nc\rd')).toEqual([
      { number: 1, text: 'a' },
      { number: 2, text: 'b' },
      { number: 3, text: 'c' },
      { number: 4, text: 'd' },
    ]);
    expect(texts(await read('a\n\r\n\rb\n'))).toEqual(['a', '', '', 'b']);
  });

  it('are the same wherever the body is cut, also between CR and LF', async () => {
    const ends = fc.constantFrom('\n', '\r\n', '\r', 'a', 'bc', '', 'x'.repeat(LINE_BYTES_MAX));
    await fc.assert(
      fc.asyncProperty(fc.array(ends), fc.array(fc.nat(600)), async (parts, cuts) => {
        const body = parts.join('');
        const at = [0, ...cuts.filter((cut) => cut < body.length).toSorted((a, b) => a - b), body.length];
        const pieces = at.slice(1).map((to, k) => body.slice(at[k], to));
        const whole = body.split(/\r\n|\n|\r/);
        if (whole.at(-1) === '') whole.pop();
        expect(texts(await read(...pieces))).toEqual(
          whole.map((line) => (line.length > LINE_BYTES_MAX ? undefined : line)),
        );
      }),
    );
  });

  it('are not kept when they are too long, and what follows is read on', async () => {
    const long = 'x'.repeat(LINE_BYTES_MAX + 1);
    expect(texts(await read(`${long}\nb`))).toEqual([undefined, 'b']);
    expect(texts(await read(...Array.from({ length: 1_000 }, () => long), '\nb\n'))).toEqual([
      undefined,
      'b',
    ]);
    expect(texts(await read('a\n', long))).toEqual(['a', undefined]);
  });
});
