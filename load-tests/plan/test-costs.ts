import { COSTS, type CostName, type Costs, type CostsFile } from './costs.ts';

/** Round numbers for tests; none of them was measured. */
const OVER: Partial<Record<CostName, number>> = {
  'gateway.win': 50,
  'gateway.soldOut': 20,
  'gateway.push': 10,
  'gateway.heard': 2,
  'gateway.turn': 100,
  'gateway.connectionBytes': 30_000,
  'gateway.idleBytes': 2e8,
  'redis.cycle': 100,
  'redis.call': 40,
  'redis.win': 3,
  'redis.miss': 1,
  'redis.callTime': 500,
  'redis.fsyncTime': 200,
  'worker.job': 3_000,
  'worker.claim': 50,
  'postgres.transaction': 2_000,
  'postgres.claim': 60,
  'postgres.serialTime': 80,
  'queue.job': 500,
};

export const testCosts = Object.fromEntries(
  (Object.keys(COSTS) as CostName[]).map((name) => [name, OVER[name] ?? 100]),
) as Costs;

export function testCostsFile(): CostsFile {
  const costs = Object.fromEntries(
    (Object.keys(COSTS) as CostName[]).map((name) => [
      name,
      { value: testCosts[name], unit: COSTS[name][0], from: 'a test' },
    ]),
  ) as CostsFile['costs'];
  return {
    ...{ version: 1, measuredAt: '2026-01-01T00:00:00.000Z', commit: 'test', versions: {} },
    machine: { cpu: 'a test', cores: 2, memoryBytes: 1e9, os: 'none' },
    costs,
  };
}
