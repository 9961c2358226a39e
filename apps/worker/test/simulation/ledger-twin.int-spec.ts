import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { DataSource } from 'typeorm';
import type { ClaimRecord } from '@app/contracts';
import { commitmentOf, splitLucky } from '@app/domain';
import {
  closePacket,
  fundPacket,
  makeDataSource,
  PacketEntity,
  SeedVault,
  settleClaims,
  topUp,
} from '@app/ledger';
import { armPacket, type DropParts } from '@app/lifecycle';
import { createTestDatabase } from '@app/local-stack';
import { MemoryPacketStore } from '@app/packet-store';
import { MemoryLedger } from './ledger/memory-ledger.js';
import { accountKey } from './ledger/tables.js';
import { AT_ONCE } from './scheduler/effects.js';
import { Choices } from './scheduler/choices.js';

const WALKS = 30;
const STEPS = 14;
const FUNDS = 5_000;
const vault = new SeedVault('ab'.repeat(32));

let database: { url: string; drop: () => Promise<unknown> };
let postgres: DataSource;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'));
  postgres = await makeDataSource(database.url, 4, 'ledger-twin').initialize();
  await postgres.runMigrations();
});
afterAll(async () => {
  await postgres.destroy();
  await database.drop();
});

interface Packet {
  packetId: string;
  seed: string;
  amount: number;
  count: number;
  shares: number[];
}

/** Both ledgers, and one sender with money in each. */
async function openBoth() {
  const memory = new MemoryLedger(Date.now);
  const [senderId, roomId] = [`s-${randomUUID().slice(0, 8)}`, randomUUID()];
  await postgres.query(`INSERT INTO rooms (room_id, name, created_by) VALUES ($1, 'r', $2)`, [
    roomId,
    senderId,
  ]);
  await postgres.query(`INSERT INTO room_members (room_id, user_id) VALUES ($1, $2)`, [roomId, senderId]);
  await topUp(postgres, senderId, randomUUID(), { amount: FUNDS, currency: 'CNY', provider: 'sandbox' });
  memory.tables.roomMembers.rows.set(`${roomId} ${senderId}`, {});
  const accountId = memory.tables.nextId();
  memory.tables.accounts.rows.set(accountKey('wallet', senderId, 'CNY'), {
    ...{ accountId, kind: 'wallet', owner: senderId, currency: 'CNY', balance: FUNDS },
  });
  const sources = [memory.sourceFor(AT_ONCE) as DataSource, postgres];
  return { senderId, roomId, sources };
}

type Both = Awaited<ReturnType<typeof openBoth>>;

/** What a call came to, without what no two ledgers have alike. */
async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  const result = await call().catch((error: Error) => ({
    refused: (error as { code?: unknown }).code ?? error.message,
  }));
  return JSON.parse(
    JSON.stringify(result ?? null, (name, value: unknown) =>
      ['transferId', 'at', 'reason', 'createdAt', 'closedAt', 'seedSealed', 'opensAt', 'expiresAt'].includes(
        name,
      )
        ? undefined
        : value,
    ),
  ) as unknown;
}

async function open(
  source: DataSource,
  { senderId, roomId }: Both,
  packet: Packet,
  key: string,
): Promise<unknown> {
  const { packetId, seed, amount, count } = packet;
  const terms = { amount, count, min: 1, max: amount };
  const earlier = await fundPacket(source, {
    ...{ packetId, senderId, idempotencyKey: key, terms, greeting: '', expiresInMs: 60_000 },
    request: { roomId, kind: 'lucky', amount, count, currency: 'CNY' },
    commitment: commitmentOf(packetId, seed, terms),
    seedSealed: vault.seal(packetId, seed),
  });
  if (earlier) return earlier;
  const store = new MemoryPacketStore(Date.now);
  const parts = { dataSource: source, store, vault, packetsQueue: { add: async () => undefined } };
  const { isNew, packet: row } = await armPacket(parts as unknown as DropParts, packetId);
  return { isNew, state: row.state };
}

function planPacket(choices: Choices): Packet {
  const [count, seed] = [1 + choices.below(4), randomUUID().replaceAll('-', '').repeat(2)];
  const amount = count * (1 + choices.below(600));
  return {
    packetId: randomUUID(),
    seed,
    amount,
    count,
    shares: splitLucky(seed, { amount, count, min: 1, max: amount }),
  };
}

/** Mostly as the store makes them; now and then delivered twice, of another owner or amount, or of no packet. */
function planClaims(choices: Choices, people: string, packets: readonly Packet[]): ClaimRecord[] {
  return Array.from({ length: 1 + choices.below(4) }, () => {
    const { packetId, shares } = packets[choices.below(packets.length)]!;
    const ordinal = 1 + choices.below(shares.length);
    const userId = choices.chance(90) ? `${people}.${ordinal}` : `${people}.${1 + choices.below(4)}`;
    const amount = shares[ordinal - 1]! + (choices.chance(5) ? 1 : 0);
    return {
      packetId: choices.chance(3) ? randomUUID() : packetId,
      ordinal,
      userId,
      amount,
      atMs: 1_700_000_000_000,
    };
  });
}

/** The end of a packet as the store would say it, or a store that lost some. */
async function close(source: DataSource, { packetId, shares }: Packet, given: number): Promise<unknown> {
  const left = shares.slice(given);
  const tally = { count: left.length, amount: left.reduce((sum, share) => sum + share, 0) };
  return closePacket(source, vault, packetId, {
    state: left.length > 0 ? 'expired' : 'finished',
    remaining: tally,
  });
}

async function rowsOf(source: DataSource, packets: readonly Packet[]): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const { packetId } of packets) {
    const row = await source.getRepository(PacketEntity).findOneBy({ packetId });
    const claims = await source.query<{ userId: string; ordinal: number; amount: number }[]>(
      `SELECT user_id AS "userId", ordinal, amount, claimed_at AS at FROM claims WHERE packet_id = $1`,
      [packetId],
    );
    const { state, claimedCount, claimedAmount, refunded, bestLuckOrdinal, seed, epoch } = row ?? {};
    claims.sort((a, b) => a.ordinal - b.ordinal);
    rows.push({ state, claimedCount, claimedAmount, refunded, bestLuckOrdinal, seed, epoch, claims });
  }
  return rows;
}

describe('the ledger of the simulation', () => {
  it('does what Postgres does with the same calls in the same order', async () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
    console.log(`ledger twin: SEED=${seed}`);
    for (let walk = 0; walk < WALKS; walk += 1) {
      const choices = new Choices(seed + walk);
      const both = await openBoth();
      const packets = [planPacket(choices), planPacket(choices)];
      const keys = [randomUUID(), randomUUID()];
      for (let step = 0; step < STEPS; step += 1) {
        const call = planCall(choices, both, packets, keys);
        const [memory, real] = [
          await outcomeOf(() => call(both.sources[0]!)),
          await outcomeOf(() => call(both.sources[1]!)),
        ];
        expect(memory, `walk ${walk} step ${step}`).toEqual(real);
      }
      const [memory, real] = [
        await rowsOf(both.sources[0]!, packets),
        await rowsOf(both.sources[1]!, packets),
      ];
      expect(memory, `walk ${walk}`).toEqual(real);
    }
  });
});

function planCall(choices: Choices, both: Both, packets: Packet[], keys: string[]) {
  const k = choices.below(packets.length);
  const kind = choices.below(10);
  if (kind < 3) return (source: DataSource) => open(source, both, packets[k]!, keys[k]!);
  if (kind < 8) {
    const claims = planClaims(choices, both.senderId, packets);
    return (source: DataSource) => settleClaims(source, claims);
  }
  const given = choices.below(packets[k]!.count + 1);
  return (source: DataSource) => close(source, packets[k]!, given);
}
