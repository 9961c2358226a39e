import { randomUUID } from 'node:crypto';
import { PEOPLE, withScene, type Scene } from './grabs/scene.js';
import { compared, inTurns, scaled, type BenchContext, type Goal, type Measurement } from './measurement.js';
import { cpuMicrosOf } from './process-cpu.js';

const PACKETS = 20;
const IN_FLIGHT = 256;
/** Of a sold-out packet: a tenth of the room won. */
const SHARES_OF_SOLD_OUT = PEOPLE / 10;

/**
 * B2: gateway CPU for one winning grab, acked over sockets. The worker is stopped meanwhile, so that nothing else is
 * pushed. Against bare servers that know nothing, under the same load from the same process.
 */
export function benchB2(context: BenchContext): Promise<Measurement[]> {
  return withScene(context, async (scene) => {
    const packets = scaled(context, PACKETS);
    const winning = async () => {
      const packetIds = await scene.packets(packets, PEOPLE);
      const awake = scene.stopWorker();
      try {
        const expected = { won: packets * PEOPLE };
        return await costOf(scene, 'hongbao', scene.service.pids.gateway, packetIds, expected);
      } finally {
        awake();
        await scene.settled();
      }
    };
    const [value, bare, echo] = await inTurns(context, [winning, ...bareWorks(scene, packets)]);
    const work = 'gateway CPU of a winning grab, acked';
    return [
      line('B2', work, { atMost: 0.9 }, 'bare Socket.IO server', value!, bare!),
      line('B2', work, 'report', 'bare ws echo', value!, echo!),
    ];
  });
}

/** B3: the same for a grab of a packet that is sold out, by winners and by those who came too late. */
export function benchB3(context: BenchContext): Promise<Measurement[]> {
  return withScene(context, async (scene) => {
    const packets = scaled(context, PACKETS);
    const packetIds = await scene.packets(packets, SHARES_OF_SOLD_OUT);
    const winners = { crowd: 'hongbao', from: 0, to: SHARES_OF_SOLD_OUT, packetIds, inFlight: IN_FLIGHT };
    await scene.crowd.grab(winners);
    await scene.settled();
    const late = packets * (PEOPLE - SHARES_OF_SOLD_OUT);
    const expected = { already: packets * SHARES_OF_SOLD_OUT, empty: late };
    const soldOut = () => costOf(scene, 'hongbao', scene.service.pids.gateway, packetIds, expected);
    const [value, bare] = await inTurns(context, [soldOut, bareWorks(scene, packets)[0]!]);
    const work = 'gateway CPU of a sold-out grab';
    return [line('B3', work, { atMost: 0.75 }, 'bare Socket.IO server', value!, bare!)];
  });
}

function bareWorks(scene: Scene, packets: number): (() => Promise<number>)[] {
  const packetIds = Array.from({ length: packets }, () => randomUUID());
  return [
    () => costOf(scene, 'socket.io', scene.bare.socketIo, packetIds, { won: packets * PEOPLE }),
    () => costOf(scene, 'ws', scene.bare.ws, packetIds, { other: packets * PEOPLE }),
  ];
}

/** Microseconds of CPU of one process for a grab. Throws unless every answer is as expected. */
async function costOf(
  scene: Scene,
  crowd: string,
  pid: number,
  packetIds: string[],
  expected: Record<string, number>,
): Promise<number> {
  const before = cpuMicrosOf(pid);
  const grabbed = await scene.grabAll({ crowd, packetIds, inFlight: IN_FLIGHT }, expected);
  return (cpuMicrosOf(pid) - before) / grabbed.grabs;
}

function line(
  id: string,
  work: string,
  goal: Goal,
  against: string,
  value: number,
  bare: number,
): Measurement {
  return compared(goal, { id, work, against, value, bare, unit: 'µs' });
}
