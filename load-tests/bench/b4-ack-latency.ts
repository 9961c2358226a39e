import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { PEOPLE, withScene } from './grabs/scene.js';
import { compared, everyTurn, median, scaled, type BenchContext, type Measurement } from './measurement.js';

/** A round of 20,000 grabs lasts two seconds: its slowest hundredth would be one stall of 20 ms. */
const PACKETS = 60;
/** The last of the drops' own work, in api, worker and Postgres, is not to be taken for that of settlement. */
const DROPPED_MS = 1_000;
const IN_FLIGHT = 256;
const PART_OF_TOP_RATE = 1 / 4;

/**
 * B4: p99 of a winning grab's ack, from the instant that it was due, at a quarter of what the bare Socket.IO server answers
 * at most, while the worker settles. Against the same percentile of the bare server at that rate.
 */
export function benchB4(context: BenchContext): Promise<Measurement[]> {
  return withScene(context, async (scene) => {
    const packets = scaled(context, PACKETS);
    const expected = { won: packets * PEOPLE };
    const constant = Array.from({ length: packets }, () => randomUUID());
    const bareOrder = { crowd: 'socket.io', packetIds: constant };
    const [tops] = await everyTurn(context, [
      async () => {
        const { grabs, seconds } = await scene.grabAll({ ...bareOrder, inFlight: IN_FLIGHT }, expected);
        return grabs / seconds;
      },
    ]);
    const perSecond = Math.round(median(tops!) * PART_OF_TOP_RATE);
    const medians: [number[], number[]] = [[], []];
    const ours = async () => {
      const packetIds = await scene.packets(packets, PEOPLE);
      await delay(DROPPED_MS);
      const { p50Ms, p99Ms } = await scene.grabAllAt({ crowd: 'hongbao', packetIds, perSecond }, expected);
      medians[0].push(p50Ms);
      await scene.settled();
      return p99Ms;
    };
    const bare = async () => {
      const { p50Ms, p99Ms } = await scene.grabAllAt({ ...bareOrder, perSecond }, expected);
      medians[1].push(p50Ms);
      return p99Ms;
    };
    const [p99s, bareP99s] = await everyTurn(context, [ours, bare]);
    context.note(
      `B4 at ${perSecond} grabs/s; p50 ${median(medians[0]).toFixed(2)} ms, bare ${median(medians[1]).toFixed(2)} ms`,
    );
    const words = {
      id: 'B4',
      work: "p99 of a grab's ack, settling",
      against: 'bare Socket.IO server',
      unit: 'ms',
    };
    return [compared({ atMost: 2 }, { ...words, value: median(p99s!), bare: median(bareP99s!) })];
  });
}
