import { describe, expect, it } from 'vitest';
import { loadScript, SCRIPT_NAMES } from './scripts.js';

describe('a script', () => {
  it.each(SCRIPT_NAMES)(
    '%s: header, file name and body agree on keys, and the header names every argument',
    (name) => {
      const { lua, numberOfKeys } = loadScript(name);
      const header = lua.split('\n').filter((line) => line.startsWith('--'));
      expect(header.filter((line) => line.startsWith('-- KEYS[')).length).toBe(numberOfKeys);
      const body = lua.split('\n').filter((line) => !line.startsWith('--'));
      const used = new Set([...body.join('\n').matchAll(/ARGV\[(\d+)\]/g)].map((match) => match[1]));
      for (const k of used) expect(header.some((line) => line.startsWith(`-- ARGV[${k}`))).toBe(true);
      expect(header.some((line) => line.startsWith('-- Returns '))).toBe(true);
    },
  );

  it.each(SCRIPT_NAMES)('%s: at most 80 lines, and refused whole when Redis is out of memory', (name) => {
    const { lua } = loadScript(name);
    expect(lua.split('\n').length).toBeLessThanOrEqual(81);
    expect(lua.split('\n')[0]).toBe('#!lua');
  });
});
