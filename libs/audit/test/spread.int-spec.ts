import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { partitionOfOrdinal } from '@app/domain';
import { makeDataSource } from '@app/ledger';
import { createTestDatabase, startTestRedis } from '@app/local-stack';
import { GrabBatcher, homeOf, keys, packetRefOf, SpreadGrabs, type PacketTerms } from '@app/packet-store';
import { connectMoney, connectOutboxReader, whenReady, type Redis } from '@app/redis';
import { audit, type AuditReport } from '../src/index.js';
import { Maker, plainPool, SEED_KEY, type MadePacket } from './healthy-world.js';

const [COUNT, PARTITIONS, GRABS] = [2_100, 3, 300];

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let redis: Awaited<ReturnType<typeof startTestRedis>>;
let dataSource: DataSource;
let pool: ReturnType<typeof plainPool>;
let money: Redis;
let reader: Redis;
let maker: Maker;
let packet: MadePacket;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(inject('databaseUrl')), startTestRedis()]);
  dataSource = await makeDataSource(database.url, 4, 'audit-spread-test').initialize();
  await dataSource.runMigrations();
  pool = plainPool(database.url);
  money = connectMoney(redis.url, () => undefined);
  reader = connectOutboxReader(redis.url, 1_000, () => undefined);
  await Promise.all([money, reader].map((client) => whenReady(client, 5_000)));
});
afterAll(async () => {
  for (const client of [money, reader]) client?.disconnect();
  await pool?.end();
  await dataSource?.destroy();
  await redis?.stop();
  await database?.drop();
});
beforeEach(async () => {
  await money.flushdb();
  await dataSource.query(
    'TRUNCATE claims, packets, transfers, accounts, topups, rooms, room_members CASCADE',
  );
  maker = new Maker(dataSource, money, reader);
  await maker.prepare();
  packet = await openSpread();
});

/** Of 2,100 shares over three partitions, 300 of which are won and settled. */
async function openSpread(): Promise<MadePacket> {
  const { packetId, seed, terms: split } = await maker.fund('lucky', COUNT * 100, COUNT);
  const { roomId, senderId } = maker;
  const terms: PacketTerms = {
    ...{ ...split, packetId, roomId, senderId, currency: 'CNY', epoch: 1, partitions: PARTITIONS },
  };
  const armed = await maker.store.arm({ terms, seed, opensAtMs: 0, expiresInMs: 3_600_000 });
  await dataSource.query(
    `UPDATE packets SET state = 'open', partitions = $4, opens_at = $2, expires_at = $3 WHERE packet_id = $1`,
    [packetId, new Date(armed.opensAtMs), new Date(armed.expiresAtMs), PARTITIONS],
  );
  const limits = { grabsPerCallMax: 256, grabsWaitingMax: 10_000 };
  const walker = new SpreadGrabs(new GrabBatcher(maker.store, limits, () => undefined), maker.store);
  await Promise.all(
    Array.from({ length: GRABS }, (_, k) => {
      const grab = { userId: `u${k}`, mark: 'met' as const };
      return new Promise((answer) => walker.submit(packetRefOf(terms), grab, answer));
    }),
  );
  const made: MadePacket = { packetId, count: COUNT, claims: [] };
  await maker.settle(made);
  return made;
}

const auditNow = (refused: { packetId: string; userId: string; outcome: string }[] = []) =>
  audit(
    { pg: pool, money, seedKey: SEED_KEY, ackedWins: packet.claims, refused },
    { graceMs: 0, recheckDelaysMs: [0] },
  );
const detailsOf = ({ broken }: AuditReport) =>
  broken.map(({ invariant, detail }) => `${invariant} ${detail}`);

describe('the audit of a packet over partitions', () => {
  it('finds nothing, also when claims are noted at the homes of their users', async () => {
    expect(packet.claims).toHaveLength(GRABS);
    expect(detailsOf(await auditNow())).toEqual([]);
    const { userId, ordinal, amount, atMs } = packet.claims[0]!;
    const other = (partitionOfOrdinal(COUNT, PARTITIONS, ordinal) + 1) % PARTITIONS;
    await money.hset(keys.claims(packet.packetId, other), userId, `${ordinal}:${amount}:${atMs}`);
    await money.hset(keys.meta(packet.packetId, other), 'notes', 1);
    expect(detailsOf(await auditNow())).toEqual([]);
  });

  it('names a second claim of a user in another partition, and shares that are missing', async () => {
    const { packetId } = packet;
    const { userId } = packet.claims[0]!;
    const other = (homeOf(packetId, userId, PARTITIONS) + 1) % PARTITIONS;
    const [share] = (await money.lpop(keys.shares(packetId, other), 1)) ?? [];
    await money.hset(keys.claims(packetId, other), userId, `${share}:${Date.now()}`);
    expect(detailsOf(await auditNow()).join('\n')).toMatch(/I2 a user has several claims in Redis/);
    await money.hdel(keys.claims(packetId, other), userId);
    expect(detailsOf(await auditNow()).join('\n')).toMatch(/I10 shares are missing in Redis/);
  });

  it('names a partition that is lost, and empty said while one has shares left', async () => {
    const { packetId } = packet;
    const refused = [{ packetId, userId: 'late', outcome: 'empty' }];
    expect(detailsOf(await auditNow(refused)).join('\n')).toMatch(/I7 empty was said with shares left/);
    await money.del(keys.meta(packetId, 2), keys.shares(packetId, 2), keys.claims(packetId, 2));
    expect(detailsOf(await auditNow()).join('\n')).toMatch(/I10 the states do not go together/);
  });
});
