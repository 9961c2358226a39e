import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { ClaimRecord } from '@app/contracts';
import { commitmentOf, type SplitTerms } from '@app/domain';
import { closePacket, fundPacket, SeedVault, settleClaims, topUp } from '@app/ledger';
import { keys, RedisOutbox, RedisPacketStore } from '@app/packet-store';
import type { Redis } from '@app/redis';

export const SEED_KEY = 'ab'.repeat(32);
export const vault = new SeedVault(SEED_KEY);
const KEEP_SECONDS = 3_600;

export interface MadePacket {
  packetId: string;
  count: number;
  claims: ClaimRecord[];
}

/** Packets made the way the service makes them: the ledger's own functions, the store's own scripts. */
export class Maker {
  readonly store: RedisPacketStore;
  readonly outbox: RedisOutbox;
  readonly roomId = randomUUID();
  readonly senderId = `sender-${randomUUID().slice(0, 8)}`;

  constructor(
    readonly dataSource: DataSource,
    readonly money: Redis,
    reader: Redis,
  ) {
    this.store = new RedisPacketStore(money);
    this.outbox = new RedisOutbox(money, reader, 'audit-test');
  }

  async prepare(): Promise<void> {
    await this.outbox.createGroups();
    const { runIds, slots } = await this.store.gates.shutSlots();
    for (const slot of slots) await this.store.gates.open(slot, runIds[slot]);
    await this.dataSource.query(`INSERT INTO rooms (room_id, name, created_by) VALUES ($1, 'room', 'x')`, [
      this.roomId,
    ]);
    const member = 'INSERT INTO room_members (room_id, user_id) VALUES ($1, $2)';
    await this.dataSource.query(member, [this.roomId, this.senderId]);
    const topup = { amount: 100_000_000, currency: 'CNY', provider: 'sandbox' } as const;
    await topUp(this.dataSource, this.senderId, randomUUID(), topup);
  }

  async fund(kind: 'lucky' | 'fixed', amount: number, count: number) {
    const packetId = randomUUID();
    const seed = vault.makeSeed();
    const share = amount / count;
    const bounds = kind === 'fixed' ? { min: share, max: share } : { min: 1, max: amount };
    const terms: SplitTerms = { amount, count, ...bounds };
    await fundPacket(this.dataSource, {
      ...{ packetId, senderId: this.senderId, idempotencyKey: randomUUID(), terms, greeting: '' },
      ...{ request: { roomId: this.roomId, kind, amount, count, currency: 'CNY' }, expiresInMs: 3_600_000 },
      commitment: commitmentOf(packetId, seed, terms),
      seedSealed: vault.seal(packetId, seed),
    });
    return { packetId, seed, terms };
  }

  /** Funded and open, with nothing taken. */
  async open(kind: 'lucky' | 'fixed', amount: number, count: number): Promise<MadePacket> {
    const { packetId, seed, terms } = await this.fund(kind, amount, count);
    const { roomId, senderId } = this;
    const stored = { ...terms, packetId, roomId, senderId, currency: 'CNY', epoch: 1 };
    const armed = await this.store.arm({ terms: stored, seed, opensAtMs: 0, expiresInMs: 3_600_000 });
    await this.dataSource.query(
      `UPDATE packets SET state = 'open', opens_at = $2, expires_at = $3 WHERE packet_id = $1`,
      [packetId, new Date(armed.opensAtMs), new Date(armed.expiresAtMs)],
    );
    return { packetId, count, claims: [] };
  }

  /** Grabs by new users, not yet settled. */
  async grab(packet: MadePacket, grabs: number): Promise<void> {
    const users = Array.from({ length: grabs }, () => ({ userId: randomUUID(), mark: 'met' as const }));
    const reply = await this.store.grab({ packetId: packet.packetId }, users);
    if (reply.status !== 'decided') throw new Error(`a grab was answered ${reply.status}`);
  }

  /** What the worker does with the outbox. */
  async settle(...packets: MadePacket[]): Promise<void> {
    for (const { slot, id, packetId, claims } of await this.outbox.readNew(1_000, 10)) {
      const records = claims.map((claim) => ({ packetId, ...claim }));
      const { broken } = await settleClaims(this.dataSource, records);
      if (broken.length > 0) throw new Error(broken[0]!.reason);
      await this.outbox.acknowledge(slot, [id]);
      packets.find((packet) => packet.packetId === packetId)?.claims.push(...records);
    }
  }

  async close({ packetId }: MadePacket): Promise<void> {
    const tally = await this.store.close(packetId);
    if (tally.state !== 'finished' && tally.state !== 'expired') throw new Error(`is ${tally.state}`);
    const closed = await closePacket(this.dataSource, vault, packetId, tally);
    if (closed.status !== 'closed') throw new Error(`the close was ${closed.status}`);
    await this.store.retire(packetId, KEEP_SECONDS);
  }

  /** Ends the packet's time just after its last claim. */
  async expire({ packetId, claims }: MadePacket): Promise<void> {
    const expiresAtMs = Math.max(...claims.map((claim) => claim.atMs)) + 1;
    await this.money.hset(keys.meta(packetId), 'expiresAtMs', expiresAtMs);
    const sql = 'UPDATE packets SET expires_at = $2 WHERE packet_id = $1';
    await this.dataSource.query(sql, [packetId, new Date(expiresAtMs)]);
    while ((await this.store.nowMs()) < expiresAtMs) await new Promise((resolve) => setImmediate(resolve));
  }
}
