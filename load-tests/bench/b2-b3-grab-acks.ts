import { randomUUID } from 'node:crypto';
import { cpuMicrosOf } from './cpu.js';
import { PEOPLE, Scene } from './grabs/scene.js';
import type { Grabbed } from './grabs/orders.js';
import { inTurns, type Measurement } from './measurement.js';

const PACKETS = 20;
const IN_FLIGHT = 256;
/** Of a sold-out packet: a tenth of the room won. */
const SHARES_OF_SOLD_OUT = PEOPLE / 10;

/**
 * B2: gateway CPU for one winning grab, acked; the worker is stopped meanwhile, so that nothing but grabs is answered. B3: the
 * same for a grab of a packet that is sold out. Both against bare servers under the same load from the same process.
 */
export async function benchB2(): Promise<Measurement[]> {
  return withScene(async (scene) => {
    const winning = async () => {
      const packetIds = await scene.packets(PACKETS, PEOPLE);
      process.kill(scene.service.pids.worker, 'SIGSTOP');
      try {
        return await costOf(scene, 'hongbao', scene.service.pids.gateway, packetIds, {
          won: PACKETS * PEOPLE,
        });
      } finally {
        process.kill(scene.service.pids.worker, 'SIGCONT');
        await scene.settled();
      }
    };
    const [value, bare, echo] = await inTurns([winning, ...bareWorks(scene)]);
    return [
      line('B2', 'winning grab, acked', 'bare Socket.IO server', value!, bare!, 0.9),
      line('B2', 'winning grab, acked', 'bare ws echo', value!, echo!),
    ];
  });
}

export async function benchB3(): Promise<Measurement[]> {
  return withScene(async (scene) => {
    const packetIds = await scene.packets(PACKETS, SHARES_OF_SOLD_OUT);
    const { crowd } = scene;
    await crowd.grab({ crowd: 'hongbao', from: 0, to: SHARES_OF_SOLD_OUT, packetIds, inFlight: IN_FLIGHT });
    await scene.settled();
    const soldOut = () =>
      costOf(scene, 'hongbao', scene.service.pids.gateway, packetIds, {
        ...{ already: PACKETS * SHARES_OF_SOLD_OUT, empty: PACKETS * (PEOPLE - SHARES_OF_SOLD_OUT) },
      });
    const [value, bare] = await inTurns([soldOut, bareWorks(scene)[0]!]);
    return [line('B3', 'sold-out grab', 'bare Socket.IO server', value!, bare!, 0.75)];
  });
}

function bareWorks(scene: Scene): (() => Promise<number>)[] {
  const packetIds = Array.from({ length: PACKETS }, () => randomUUID());
  return [
    () => costOf(scene, 'socket.io', scene.bare.socketIo, packetIds, { won: PACKETS * PEOPLE }),
    () => costOf(scene, 'ws', scene.bare.ws, packetIds, { other: PACKETS * PEOPLE }),
  ];
}

/** Microseconds of CPU of one process for a grab. Throws unless every answer is as expected. */
async function costOf(
  { crowd }: Scene,
  name: string,
  pid: number,
  packetIds: string[],
  expected: Record<string, number>,
): Promise<number> {
  const before = cpuMicrosOf(pid);
  const done = await crowd.grab({ crowd: name, from: 0, to: PEOPLE, packetIds, inFlight: IN_FLIGHT });
  const used = cpuMicrosOf(pid) - before;
  assertOutcomes(done, expected);
    console.log(
      name,
      (used / done.grabs).toFixed(1),
      'us',
      Math.round(done.grabs / done.seconds),
      '/s',
      done.p50Ms.toFixed(1),
      done.p99Ms.toFixed(1),
    );
  return used / done.grabs;
}

function assertOutcomes({ outcomes }: Grabbed, expected: Record<string, number>): void {
  const wrong = Object.keys({ ...outcomes, ...expected }).some((name) => outcomes[name] !== expected[name]);
  if (wrong) throw new Error(`answers ${JSON.stringify(outcomes)}, not ${JSON.stringify(expected)}`);
}

async function withScene(measure: (scene: Scene) => Promise<Measurement[]>): Promise<Measurement[]> {
  const scene = await Scene.make((text) => console.log(text));
  try {
    return await measure(scene);
  } finally {
    await scene.close();
  }
}

function line(
  id: string,
  work: string,
  against: string,
  value: number,
  bare: number,
  goal?: number,
): Measurement {
  const ratio = value / bare;
  return {
    ...{ id, work: `gateway CPU of a ${work}`, against, unit: 'µs' },
    ...{ value: Number(value.toFixed(1)), bare: Number(bare.toFixed(1)), ratio: Number(ratio.toFixed(2)) },
    ...(goal === undefined ? { goal: 'report', met: true } : { goal: `≤ ${goal}`, met: ratio <= goal }),
  };
}
