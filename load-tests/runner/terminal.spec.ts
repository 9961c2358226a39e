import { describe, expect, it } from 'vitest';
import { addTime, pack, type Histogram } from '../model/histogram.ts';
import type { Plan } from '../model/plan.ts';
import { Merged } from './merge.ts';
import { CPU, MACHINE, SaturationLog } from './saturation.ts';
import { Terminal } from './terminal.ts';
import { viewLine, viewLines } from './terminal-view.ts';

const plan: Plan = {
  ...{ version: 1, runId: 'r', workload: 'spring-festival-2015', target: 'http://127.0.0.1:8080' },
  ...{
    startsAtMs: 0,
    seconds: 100,
    tailSeconds: 5,
    connectSeconds: 5,
    settleSeconds: 0,
    answerMsMax: 5_000,
    vus: 2,
    seed: 1,
  },
  ...{ people: [], parts: [], storms: [] },
};

function busyView(elapsed: number) {
  const merged = new Merged();
  const slow: Histogram = new Map();
  addTime(slow, 12_345);
  for (let s = -2; s < elapsed; s += 1) {
    const counts: Record<string, number> = {
      offered: 123_456,
      answered: 123_400,
      connects: s < 0 ? 50_000 : 0,
    };
    for (const name of ['won', 'empty', 'already', 'not_eligible', 'not_open', 'busy', 'unknown'])
      counts[`outcome.${name}`] = 1_234_567;
    merged.add({ k: 'window', vu: 1, s, counts, times: { 'grab.open': pack(slow), late: pack(slow) } });
  }
  const log = new SaturationLog();
  for (const process of ['gateway', 'api', 'worker', 'redis', 'postgres', 'k6 1', MACHINE])
    log.note(process, CPU, 'percent of a core', Math.floor(elapsed) - 1, 99.6, 200);
  return { plan, scale: 0.0001, merged, log, elapsed };
}

describe('the view', () => {
  it('fits 80 columns and keeps its height, whatever happens', () => {
    for (const elapsed of [-5, 0.2, 42, 99.9, 103]) {
      const lines = viewLines(busyView(elapsed), 80);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(80);
      expect(lines).toHaveLength(viewLines(busyView(1), 80).length);
    }
  });

  it('says what was offered and answered a second, and what is left', () => {
    const text = viewLines(busyView(42), 80).join('\n');
    expect(text).toContain('offered 123,456   answered 123,400');
    expect(text).toContain('58 s left');
    expect(text).toContain('sockets 100,000');
    expect(viewLine(busyView(42))).toContain('42 s of 100 s: offered 123,456/s');
    expect(viewLine(busyView(-5))).toContain('load begins in 5 s');
  });
});

describe('a terminal', () => {
  it('is drawn over in place, each time in one write', () => {
    const writes: string[] = [];
    const terminal = new Terminal({ isTTY: true, columns: 80, write: (text) => writes.push(text) });
    terminal.block(() => ['one', 'two'], String);
    terminal.block(() => ['three', 'four'], String);
    terminal.line('said');
    expect(writes).toEqual([
      'one\u001B[K\ntwo\u001B[K\n\u001B[J',
      '\u001B[2A\rthree\u001B[K\nfour\u001B[K\n\u001B[J',
      '\u001B[2A\r\u001B[Jsaid\n',
    ]);
  });

  it('that is a file gets one plain line in five seconds', () => {
    const writes: string[] = [];
    const terminal = new Terminal({ write: (text) => writes.push(text) });
    for (let k = 0; k < 10; k += 1)
      terminal.block(
        () => ['a block'],
        () => `plain ${k}`,
      );
    expect(writes).toEqual(['plain 0\n']);
  });
});
