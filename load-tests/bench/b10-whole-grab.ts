import { randomUUID } from 'node:crypto';
import { PEOPLE, withScene } from './grabs/scene.js';
import { compared, everyTurn, median, scaled, type BenchContext, type Measurement } from './measurement.js';
import { cpuMicrosOf } from './process-cpu.js';

const PACKETS = 20;
const IN_FLIGHT = 256;
/** The api does nothing for a grab, and is counted all the same. */
const PROCESSES = ['gateway', 'redis', 'worker', 'postgres', 'api'] as const;

/**
 * B10: CPU of everything for one winning grab, from the socket to COMMIT: until nothing is left to settle, with what the
 * winner is told of the wallet and with the close of the packets. Against the bare Socket.IO server's CPU for one ack.
 */
export function benchB10(context: BenchContext): Promise<Measurement[]> {
  return withScene(context, async (scene) => {
    const packets = scaled(context, PACKETS);
    const expected = { won: packets * PEOPLE };
    const constant = Array.from({ length: packets }, () => randomUUID());
    const byProcess = PROCESSES.map((): number[] => []);
    const whole = async () => {
      const packetIds = await scene.packets(packets, PEOPLE);
      const before = PROCESSES.map((name) => cpuMicrosOf(scene.service.pids[name]));
      await scene.grabAll({ crowd: 'hongbao', packetIds, inFlight: IN_FLIGHT }, expected);
      await scene.settled();
      const used = PROCESSES.map(
        (name, k) => (cpuMicrosOf(scene.service.pids[name]) - before[k]!) / expected.won,
      );
      for (const [k, micros] of used.entries()) byProcess[k]!.push(micros);
      return used.reduce((sum, micros) => sum + micros, 0);
    };
    const bare = async () => {
      const before = cpuMicrosOf(scene.bare.socketIo);
      await scene.grabAll({ crowd: 'socket.io', packetIds: constant, inFlight: IN_FLIGHT }, expected);
      return (cpuMicrosOf(scene.bare.socketIo) - before) / expected.won;
    };
    const [all, bareAll] = await everyTurn(context, [whole, bare]);
    const parts = PROCESSES.map((name, k) => `${name} ${median(byProcess[k]!).toFixed(1)}`);
    context.note(`B10 by process, µs: ${parts.join(', ')}`);
    const words = {
      id: 'B10',
      work: 'CPU of everything for a grab, to COMMIT',
      against: 'bare Socket.IO server',
    };
    return [compared({ atMost: 2 }, { ...words, unit: 'µs', value: median(all!), bare: median(bareAll!) })];
  });
}
