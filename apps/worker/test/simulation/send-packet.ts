import { commitmentOf } from '@app/domain';
import { fundPacket } from '@app/ledger';
import { dropPacket } from '@app/lifecycle';
import { RefusalError } from '@app/contracts';
import { partsFor } from './processes.js';
import type { Process } from './scheduler/scheduler.js';
import { ROOM, SENDER, type PlannedPacket, type World } from './world.js';

/** As the api does: fund, then drop; asked again with the same key by a sender who did not hear. */
export async function sendPacket(world: World, api: Process, packet: PlannedPacket): Promise<void> {
  const { packetId, kind, amount, count, seed, expiresInMs } = packet;
  const parts = partsFor(world, api);
  const terms = {
    amount,
    count,
    min: kind === 'fixed' ? amount / count : 1,
    max: kind === 'fixed' ? amount / count : amount,
  };
  packet.sent = 'under way';
  try {
    await fundPacket(parts.dataSource as never, {
      ...{ packetId, senderId: SENDER, idempotencyKey: packetId, terms, greeting: '', expiresInMs },
      request: { roomId: ROOM, kind, amount, count, currency: 'CNY' },
      commitment: commitmentOf(packetId, seed, terms),
      seedSealed: world.vault.seal(packetId, seed),
    });
    await dropPacket(parts as never, packetId);
    packet.sent = 'yes';
  } catch (error) {
    packet.sent = error instanceof RefusalError ? 'refused' : 'unsure';
    throw error;
  }
}
