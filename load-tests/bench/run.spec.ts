import { describe, expect, it } from 'vitest';
import { Terminal } from '../runner/terminal.ts';
import type { Listed } from './benchmarks.js';
import { compared, everyTurn, inTurns, type Benchmark } from './measurement.js';
import { runBenchmarks } from './run.js';

const listed = (id: string, run: Benchmark): Listed => ({ id, about: `about ${id}`, usualSeconds: 1, run });
const row = (id: string) =>
  compared('report', { id, work: 'w', against: 'a', unit: 'ms', value: 2, bare: 1 });

function runner(isShort = true) {
  const stopping = new AbortController();
  let said = '';
  const terminal = new Terminal({ write: (text) => void (said += text) });
  return {
    stopping,
    said: () => said,
    run: (chosen: Listed[]) => runBenchmarks(chosen, { isShort, terminal, signal: stopping.signal }),
  };
}

describe('a run of the bench', () => {
  it('goes on after one that fails, and says which and why', async () => {
    const { run, said } = runner();
    const failing = listed('B1', () => Promise.reject(new Error('no Redis')));
    const { measurements, failures } = await run([failing, listed('B2', async () => [row('B2')])]);
    expect(failures).toEqual({ B1: 'no Redis' });
    expect(measurements.map(({ id }) => id)).toEqual(['B2']);
    expect(said()).toContain('B1  FAILED: Error: no Redis');
  });

  it('begins nothing more once it is interrupted', async () => {
    const { run, stopping } = runner();
    const first = listed('B1', async ({ signal }) => {
      stopping.abort();
      signal.throwIfAborted();
      return [];
    });
    const { failures, measurements } = await run([first, listed('B2', async () => [row('B2')])]);
    expect(failures).toEqual({ B1: 'interrupted' });
    expect(measurements).toEqual([]);
  });

  it('takes turns, with a round before them that does not count', async () => {
    const order: string[] = [];
    let seen: number[] = [];
    let calls = 0;
    const work = (name: string) => async () => {
      order.push(name);
      calls += 1;
      return calls;
    };
    const { run } = runner();
    const bench = listed('B1', async (context) => {
      expect(context).toMatchObject({ rounds: 1, scale: 0.02 });
      [seen = []] = await everyTurn(context, [work('a'), work('b')]);
      return [];
    });
    await run([bench]);
    expect(order).toEqual(['a', 'b', 'a', 'b']);
    expect(seen).toEqual([3]);
  });

  it('stops between two turns when it is interrupted', async () => {
    const { run, stopping } = runner(false);
    let turns = 0;
    const bench = listed('B1', async (context) => {
      await inTurns(context, [
        async () => {
          turns += 1;
          stopping.abort();
          return 1;
        },
      ]);
      return [];
    });
    expect((await run([bench])).failures).toEqual({ B1: 'interrupted' });
    expect(turns).toBe(1);
  });
});
