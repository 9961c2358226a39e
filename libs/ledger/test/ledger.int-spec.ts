import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { DataSource } from 'typeorm';
import type { ClaimRecord, SendPacket } from '@app/contracts';
import { commitmentOf, splitLucky, type SplitTerms } from '@app/domain';
import { createTestDatabase } from '@app/local-stack';
import {
  closePacket,
  fundPacket,
  makeDataSource,
  readEntries,
  readWallet,
  SeedVault,
  settleClaims,
  topUp,
} from '../src/index.js';

const vault = new SeedVault('ab'.repeat(32));
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let dataSource: DataSource;
let roomId: string;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'));
  dataSource = makeDataSource(database.url, 20, 'ledger-test');
  await dataSource.initialize();
  await dataSource.runMigrations();
  roomId = randomUUID();
  await dataSource.query(`INSERT INTO rooms (room_id, name, created_by) VALUES ($1, 'room', 'x')`, [roomId]);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const newUser = () => `u-${randomUUID().slice(0, 13)}`;
const available = async (userId: string) =>
  (await readWallet(dataSource, userId)).balances[0]?.available ?? 0;

async function newSender(amount: number): Promise<string> {
  const userId = newUser();
  await dataSource.query(`INSERT INTO room_members (room_id, user_id) VALUES ($1, $2)`, [roomId, userId]);
  if (amount > 0)
    await topUp(dataSource, userId, randomUUID(), { amount, currency: 'CNY', provider: 'sandbox' });
  return userId;
}

interface Funded {
  packetId: string;
  seed: string;
  terms: SplitTerms;
  claims: ClaimRecord[];
}

async function fund(
  senderId: string,
  amount: number,
  count: number,
  key: string = randomUUID(),
): Promise<Funded> {
  const packetId = randomUUID();
  const seed = vault.makeSeed();
  const terms = { amount, count, min: 1, max: amount };
  const request: SendPacket = { roomId, kind: 'lucky', amount, count, currency: 'CNY' };
  await fundPacket(dataSource, {
    ...{ packetId, senderId, idempotencyKey: key, request, terms, greeting: '', expiresInMs: 60_000 },
    commitment: commitmentOf(packetId, seed, terms),
    seedSealed: vault.seal(packetId, seed),
  });
  const claims = splitLucky(seed, terms).map((share, k) => {
    return { packetId, userId: newUser(), ordinal: k + 1, amount: share, atMs: Date.now() };
  });
  return { packetId, seed, terms, claims };
}

/** I3 and I4 over the whole database, and each balance equal to the sum of its transfers. */
async function assertLedgerWhole(): Promise<void> {
  const sums = await dataSource.query(
    `SELECT currency, sum(balance)::bigint AS sum FROM accounts GROUP BY currency HAVING sum(balance) <> 0`,
  );
  const drifted = await dataSource.query(
    `SELECT a.account_id FROM accounts a LEFT JOIN LATERAL (
       SELECT coalesce(sum(CASE WHEN t.credit_account = a.account_id THEN t.amount ELSE -t.amount END), 0)::bigint AS moved
       FROM transfers t WHERE t.credit_account = a.account_id OR t.debit_account = a.account_id) m ON true
     WHERE a.balance <> m.moved`,
  );
  expect({ sums, drifted }).toEqual({ sums: [], drifted: [] });
}

describe('the ledger', () => {
  it('holds the money of a packet in escrow, and explains every movement', async () => {
    const sender = await newSender(5_000);
    const { packetId } = await fund(sender, 2_000, 10);
    expect(await readWallet(dataSource, sender)).toEqual({
      balances: [{ currency: 'CNY', available: 3_000, held: 2_000 }],
    });
    expect(await readEntries(dataSource, sender, 10)).toMatchObject([
      { kind: 'packet_funded', amount: -2_000, packetId },
      { kind: 'topup', amount: 5_000 },
    ]);
    await assertLedgerWhole();
  });

  it('makes one of 50 packets sent at once from a balance that covers one', async () => {
    const sender = await newSender(100);
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => fund(sender, 100, 10)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(refusals).toEqual(Array.from({ length: 49 }, () => 'insufficient_funds'));
    expect(await available(sender)).toBe(0);
    await assertLedgerWhole();
  });

  it('tops up once for a key, also when asked twice at once, and refuses another body', async () => {
    const user = newUser();
    const ask = (amount: number) =>
      topUp(dataSource, user, 'k', { amount, currency: 'CNY', provider: 'sandbox' });
    const [a, b] = await Promise.all([ask(700), ask(700)]);
    expect(a.view).toEqual(b.view);
    expect((await ask(700)).view).toEqual(a.view);
    await expect(ask(701)).rejects.toMatchObject({ code: 'idempotency_conflict' });
    expect(await available(user)).toBe(700);
  });

  it('leaves no key behind when the first call was refused', async () => {
    const sender = await newSender(0);
    await expect(fund(sender, 100, 10, 'again')).rejects.toMatchObject({ code: 'insufficient_funds' });
    await topUp(dataSource, sender, 't', { amount: 100, currency: 'CNY', provider: 'sandbox' });
    await fund(sender, 100, 10, 'again');
    expect(await available(sender)).toBe(0);
  });

  it('settles a claim once, however often and in whatever company it is delivered', async () => {
    const { claims } = await fund(await newSender(1_000), 1_000, 20);
    const deliveries = [claims.slice(0, 12), claims.slice(5, 20), claims, claims.slice(3, 4)];
    const settled = await Promise.all(deliveries.map((delivery) => settleClaims(dataSource, delivery)));
    expect(settled.flatMap(({ credited }) => credited)).toHaveLength(20);
    expect(settled.flatMap(({ complete }) => complete).length).toBeGreaterThan(0);
    for (const claim of claims) expect(await available(claim.userId)).toBe(claim.amount);
    await assertLedgerWhole();
  });

  it('settles once what is delivered twice in one batch, beside what it had and what is new', async () => {
    const { claims } = await fund(await newSender(100), 100, 6);
    await settleClaims(dataSource, claims.slice(0, 2));
    const settled = await settleClaims(dataSource, [...claims.slice(1, 4), ...claims.slice(2)]);
    expect(settled.credited.map(({ userId }) => userId)).toEqual(claims.slice(2).map(({ userId }) => userId));
    expect(settled).toMatchObject({ complete: [claims[0]!.packetId], broken: [] });
    for (const claim of claims) expect(await available(claim.userId)).toBe(claim.amount);
    await assertLedgerWhole();
  });

  it('says of each claim what it moved and what its winner has after the whole batch', async () => {
    const [one, two] = [await fund(await newSender(90), 90, 3), await fund(await newSender(60), 60, 2)];
    const winner = newUser();
    const claims = [...one.claims, { ...two.claims[0]!, userId: winner }].with(1, {
      ...one.claims[1]!,
      userId: winner,
    });
    const { credited } = await settleClaims(dataSource, claims);
    const sum = claims[1]!.amount + claims[3]!.amount;
    for (const [k, { userId, packetId, amount }] of claims.entries()) {
      const own = userId === winner ? sum : amount;
      expect(credited[k]).toMatchObject({ userId, packetId, amount, currency: 'CNY', available: own });
      expect(await available(userId)).toBe(own);
      const key = `settle:${packetId}:${claims[k]!.ordinal}`;
      const rows = await dataSource.query(`SELECT transfer_id AS id FROM transfers WHERE transfer_key = $1`, [
        key,
      ]);
      expect(rows).toEqual([{ id: credited[k]!.transferId }]);
    }
    await assertLedgerWhole();
  });

  it('pays users of any name', async () => {
    const names = [`"quoted"`, String.raw`back\slash\"`, 'NULL', '{a,b}', '', '红包', "it's"].map(
      (name) => `${name}${newUser()}`,
    );
    const { claims } = await fund(await newSender(100), 100, names.length);
    await settleClaims(
      dataSource,
      claims.map((claim, k) => ({ ...claim, userId: names[k]! })),
    );
    for (const [k, name] of names.entries()) expect(await available(name)).toBe(claims[k]!.amount);
  });

  it.each(['accounts', 'packets'])(
    'never loses a row of %s, which claims and transfers point to',
    async (table) => {
      await expect(dataSource.query(`DELETE FROM ${table}`)).rejects.toThrow(/never deleted/);
    },
  );

  it('leaves out a packet whose claims contradict the ledger, names it, and settles the rest', async () => {
    const good = await fund(await newSender(100), 100, 5);
    const bad = await fund(await newSender(100), 100, 5);
    await settleClaims(dataSource, bad.claims.slice(0, 1));
    const wrongOwner = { ...bad.claims[0]!, userId: newUser() };
    const settled = await settleClaims(dataSource, [...good.claims, wrongOwner, ...bad.claims.slice(1)]);
    expect(settled.broken).toMatchObject([{ packetId: bad.packetId }]);
    expect(settled.credited).toHaveLength(5);
    expect(await available(bad.claims[1]!.userId)).toBe(0);
    await assertLedgerWhole();
  });

  it.each([
    [
      'an escrow that holds too little',
      `UPDATE accounts SET balance = 1 WHERE kind = 'escrow' AND owner = $1`,
    ],
    ['no escrow', `UPDATE accounts SET owner = 'gone ' || owner WHERE kind = 'escrow' AND owner = $1`],
  ])('names a packet with %s, settles nothing of it, and settles the rest', async (_what, damage) => {
    const [good, bad] = [await fund(await newSender(100), 100, 5), await fund(await newSender(100), 100, 5)];
    await dataSource.query(damage, [bad.packetId]);
    const settled = await settleClaims(dataSource, [...bad.claims, ...good.claims]);
    expect(settled.broken).toMatchObject([{ packetId: bad.packetId }]);
    expect(settled.credited).toHaveLength(5);
    expect(await available(bad.claims[0]!.userId)).toBe(0);
    await dataSource.query(
      `UPDATE accounts SET balance = 100, owner = $1 WHERE kind = 'escrow' AND owner IN ($1, 'gone ' || $1)`,
      [bad.packetId],
    );
    await assertLedgerWhole();
  });

  it('refunds what is left at expiry, once, and reveals the seed', async () => {
    const sender = await newSender(1_000);
    const { packetId, claims, seed } = await fund(sender, 1_000, 10);
    const taken = claims.slice(0, 3);
    await settleClaims(dataSource, taken);
    const left = 1_000 - taken.reduce((sum, claim) => sum + claim.amount, 0);
    const tally = { state: 'expired' as const, remaining: { count: 7, amount: left } };
    const answers = await Promise.all([1, 2, 3].map(() => closePacket(dataSource, vault, packetId, tally)));
    expect(answers.map((answer) => answer.status).sort()).toEqual(['already', 'already', 'closed']);
    expect(answers[0]).toMatchObject({
      packet: { seed, refunded: left, state: 'expired', bestLuckOrdinal: null },
    });
    expect(await available(sender)).toBe(left);
    await assertLedgerWhole();
  });

  it('does not close while claims are on their way, nor when store and ledger disagree', async () => {
    const { packetId, claims } = await fund(await newSender(100), 100, 4);
    await settleClaims(dataSource, claims.slice(0, 2));
    const close = (count: number, amount: number) =>
      closePacket(dataSource, vault, packetId, { state: 'expired', remaining: { count, amount } });
    expect(await close(1, claims[3]!.amount)).toEqual({ status: 'pending', missing: 1 });
    expect(await close(3, 1)).toMatchObject({ status: 'broken' });
    expect(await close(2, 1)).toMatchObject({ status: 'broken' });
  });

  it('crowns the largest claim, the earlier one on a tie', async () => {
    const { packetId, claims } = await fund(await newSender(40), 40, 4);
    const tied = [7, 13, 13, 7].map((amount, k) => ({ ...claims[k]!, amount }));
    await settleClaims(dataSource, tied);
    const closed = await closePacket(dataSource, vault, packetId, {
      state: 'finished',
      remaining: { count: 0, amount: 0 },
    });
    expect(closed).toMatchObject({ status: 'closed', packet: { bestLuckOrdinal: 2 } });
  });

  it('refuses a claim on a closed packet, and passes over one that was settled before the close', async () => {
    const { packetId, claims } = await fund(await newSender(100), 100, 4);
    await settleClaims(dataSource, claims.slice(0, 3));
    const left = claims[3]!.amount;
    await closePacket(dataSource, vault, packetId, {
      state: 'expired',
      remaining: { count: 1, amount: left },
    });
    expect(await settleClaims(dataSource, claims.slice(0, 3))).toEqual({
      credited: [],
      complete: [],
      broken: [],
    });
    expect((await settleClaims(dataSource, claims.slice(3))).broken).toMatchObject([{ packetId }]);
    await assertLedgerWhole();
  });

  it('can not be brought under zero even by a statement of its own', async () => {
    const user = await newSender(10);
    await expect(
      dataSource.query(`UPDATE accounts SET balance = -1 WHERE kind = 'wallet' AND owner = $1`, [user]),
    ).rejects.toThrow(/accounts_not_under_zero/);
  });
});

describe('a seed', () => {
  it('opens for its own packet only', () => {
    const seed = vault.makeSeed();
    const sealed = vault.seal('p1', seed);
    expect(vault.open('p1', sealed)).toBe(seed);
    expect(() => vault.open('p2', sealed)).toThrow();
    expect(() => new SeedVault('cd'.repeat(32)).open('p1', sealed)).toThrow();
    expect(sealed.includes(Buffer.from(seed, 'hex'))).toBe(false);
  });
});
