import { describe, expect, it } from 'vitest';
import { Chance } from '../../lib/chance.ts';
import { Machine } from './machine.ts';
import { Line, Server, type ServerShape } from './server.ts';

/** Simulated in a second or two, and later on a machine that does other things. */
const TEST_MS_MAX = 30_000;

const SEED = Number(process.env.SEED ?? 20_150_218);
const COST_US = 100;

/** Mean microseconds from arrival to answer, of Poisson arrivals; without the first tenth. */
function meanTime(shape: ServerShape, perSecond: number, count = 200_000, cores = Infinity): number {
  const machine = new Machine(cores);
  const server = new Server(machine, shape);
  const chance = new Chance(SEED);
  let [came, sum, counted] = [0, 0, 0];
  const arrive = () => {
    const atUs = machine.nowUs;
    const isCounted = came > count / 10;
    came += 1;
    server.submit(COST_US, () => {
      if (!isCounted) return;
      sum += machine.nowUs - atUs;
      counted += 1;
    });
    if (came < count) machine.in(chance.exponential(1e6 / perSecond), arrive);
  };
  arrive();
  machine.run(() => false);
  return sum / counted;
}

describe(`a simulated server (seed ${SEED})`, { timeout: TEST_MS_MAX }, () => {
  it.each([0.3, 0.6, 0.8])('waits as long as M/D/1 says, at %s of its capacity', (load) => {
    const theoryUs = COST_US + (load * COST_US) / (2 * (1 - load));
    const time = meanTime({ perTurnMax: 1 }, (load * 1e6) / COST_US);
    expect(Math.abs(time / theoryUs - 1)).toBeLessThan(0.04);
  });

  it('that shares one core with nobody is as fast as one with a core of its own', () => {
    const own = meanTime({ perTurnMax: 1 }, 5_000, 20_000);
    expect(meanTime({ perTurnMax: 1 }, 5_000, 20_000, 1)).toBeCloseTo(own, 3);
  });

  it('two that share one core get half of it each', () => {
    const machine = new Machine(1);
    const ended: number[] = [];
    for (const server of [new Server(machine), new Server(machine)])
      server.submit(COST_US, () => ended.push(machine.nowUs));
    machine.run(() => false);
    expect(ended).toEqual([2 * COST_US, 2 * COST_US]);
  });
});

/** Mean time of a call for each of Poisson arrivals, `fixedUs` for a call and `eachUs` for each in it. */
function meanInLine(perCallMax: number, perSecond: number, [fixedUs, eachUs]: [number, number]): number {
  const machine = new Machine();
  const server = new Server(machine, { perTurnMax: 1 });
  const line = new Line<() => void>(perCallMax, (items, answered) =>
    server.submit(fixedUs + eachUs * items.length, () => {
      for (const item of items) item();
      answered();
    }),
  );
  const chance = new Chance(SEED);
  const count = 30_000;
  let [came, sum] = [0, 0];
  const arrive = () => {
    const atUs = machine.nowUs;
    came += 1;
    line.add(() => (sum += machine.nowUs - atUs));
    if (came < count) machine.in(chance.exponential(1e6 / perSecond), arrive);
  };
  arrive();
  machine.run(() => false);
  return sum / count;
}

describe(`a batching line (seed ${SEED})`, { timeout: TEST_MS_MAX }, () => {
  it.each([500, 3_000, 6_000, 8_000])('is never slower than one to a call, at %s a second', (perSecond) => {
    const batched = meanInLine(256, perSecond, [100, 10]);
    expect(batched).toBeLessThanOrEqual(meanInLine(1, perSecond, [100, 10]) * 1.001);
  });

  it('carries what one to a call never could', () => {
    expect(meanInLine(256, 50_000, [100, 10])).toBeLessThan(1_000);
    expect(meanInLine(1, 50_000, [100, 10])).toBeGreaterThan(100_000);
  });
});
