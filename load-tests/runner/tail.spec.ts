import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Tail } from './tail.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tail-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('a file that grows', () => {
  it('is given in complete lines, whatever the pieces it came in', () => {
    const file = join(folder, 'lines');
    const lines: string[] = [];
    const tail = new Tail(file, (line) => lines.push(line));
    tail.read();
    const bytes = Buffer.from('{"a":1}\n{"红":"包"}\nhalf');
    for (const byte of bytes) {
      appendFileSync(file, Buffer.from([byte]));
      tail.read();
    }
    expect(lines).toEqual(['{"a":1}', '{"红":"包"}']);
    tail.finish();
    expect(lines).toEqual(['{"a":1}', '{"红":"包"}', 'half']);
  });

  it('longer than one piece loses no line', () => {
    const file = join(folder, 'long');
    const expected = Array.from({ length: 30_000 }, (_, k) => `${k} ${'x'.repeat(100)}`);
    appendFileSync(file, `${expected.join('\n')}\n`);
    const lines: string[] = [];
    new Tail(file, (line) => lines.push(line)).finish();
    expect(lines).toEqual(expected);
  });
});
