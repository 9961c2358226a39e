import { withScene, PEOPLE } from './grabs/scene.js';
import { absolute, median, scaled, type BenchContext, type Measurement } from './measurement.js';

const PACKETS = 20;
const IN_FLIGHT = 256;
/** Of both: from a grab to its COMMIT, and from the last ack until nothing is left. */
const SECONDS_MAX = 2;

/** B7's lag: from the store's answer to COMMIT while people win as fast as they are answered, with the whole service. */
export function benchSettlementLag(context: BenchContext): Promise<Measurement[]> {
  return withScene(context, async (scene) => {
    const packets = scaled(context, PACKETS);
    const metrics = async () =>
      (await fetch(`http://127.0.0.1:${scene.service.env.WORKER_PORT}/metrics`)).text();
    const before = lagsIn(await metrics());
    const [rates, drained]: [number[], number[]] = [[], []];
    for (let round = 1; round <= context.rounds; round += 1) {
      context.signal.throwIfAborted();
      context.progress(`from ack to COMMIT, round ${round} of ${context.rounds}`);
      const packetIds = await scene.packets(packets, PEOPLE);
      const order = { crowd: 'hongbao', packetIds, inFlight: IN_FLIGHT };
      const { grabs, seconds } = await scene.grabAll(order, { won: packets * PEOPLE });
      const ackedMs = performance.now();
      await scene.settled();
      rates.push(grabs / seconds);
      drained.push((performance.now() - ackedMs) / 1_000);
    }
    const lag = lagAt(before, lagsIn(await metrics()));
    context.note(
      `B7  ${Math.round(median(rates))} wins a second, lag p50 ≤ ${lag(0.5)} s, p99 ≤ ${lag(0.99)} s; ` +
        `the last of them settled ${drained.map((s) => s.toFixed(2)).join(', ')} s after the last ack`,
    );
    const words = { id: 'B7', unit: 's' };
    const goal = { atMost: SECONDS_MAX };
    return [
      absolute(goal, { ...words, work: 'from a win to its COMMIT, p99, while all grab', value: lag(0.99) }),
      absolute(goal, { ...words, work: 'from the last ack until all is settled', value: median(drained) }),
    ];
  });
}

/** The buckets of the worker's histogram: upper bound in seconds, and how many were seen up to it. */
export function lagsIn(metrics: string): [number, number][] {
  const lines = metrics.matchAll(/^hongbao_settlement_lag_seconds_bucket\{le="([^"]+)"[^}]*\} (\d+)/gm);
  return [...lines].map(([, le, count]) => [le === '+Inf' ? Infinity : Number(le), Number(count)]);
}

/** The bound under which that part of what was seen since lies. */
export function lagAt(before: [number, number][], after: [number, number][]): (part: number) => number {
  const seen = after.map(([le, count], k): [number, number] => [le, count - (before[k]?.[1] ?? 0)]);
  const all = seen.at(-1)?.[1] ?? 0;
  return (part) => seen.find(([, count]) => count >= part * all)?.[0] ?? Number.NaN;
}
