import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { packClaims } from '@app/contracts';
import { keys, slotOf } from '@app/packet-store';
import { QUEUE_PREFIX } from '@app/queues';
import { idsOf, useDamagedCopy } from './damaged-copy.js';

const copy = useDamagedCopy();

describe('damage to the ledger', () => {
  it('a wallet under zero is named', async () => {
    await copy.unconstrained('accounts', 'accounts_not_under_zero');
    const { userId } = copy.world.open.claims[0]!;
    await copy.sql(`UPDATE accounts SET balance = -1 WHERE kind = 'wallet' AND owner = $1`, userId);
    await copy.expectBroken('I3', `wallet:${userId}:CNY`, /an account under 0/);
  });

  it('a settlement removed, or changed by one fen, or paid to somebody else is named', async () => {
    const { packetId } = copy.world.open;
    await copy.sql('DELETE FROM transfers WHERE transfer_key = $1', `settle:${packetId}:1`);
    await copy.sql(
      'UPDATE transfers SET amount = amount + 1 WHERE transfer_key = $1',
      `settle:${packetId}:2`,
    );
    const other = copy.world.large;
    await copy.sql(
      `UPDATE transfers SET credit_account = (SELECT account_id FROM accounts WHERE kind = 'wallet' AND owner = $2)
       WHERE transfer_key = $1`,
      `settle:${other.packetId}:9`,
      copy.world.senderId,
    );
    const report = await copy.expectBroken('I4', `settle:${packetId}:1`, /a claim without its transfer/);
    expect(idsOf(report, 'I4')).toEqual(
      expect.arrayContaining([`settle:${packetId}:2`, `settle:${other.packetId}:9`]),
    );
    expect(idsOf(report, 'I4')).toContain(`wallet:${copy.world.open.claims[1]!.userId}:CNY`);
  });

  it('a settlement without a claim, a refund without a packet and a topup without its row are named', async () => {
    const { packetId } = copy.world.open;
    const copyAs = (key: string, kind: string) =>
      copy.sql(
        `INSERT INTO transfers (transfer_key, kind, debit_account, credit_account, amount, currency, packet_id)
         SELECT $1, $2, debit_account, credit_account, amount, currency, packet_id FROM transfers
         WHERE transfer_key = $3`,
        key,
        kind,
        `settle:${packetId}:1`,
      );
    await copyAs(`settle:${packetId}:6`, 'settle');
    await copyAs(`refund:${packetId}`, 'refund');
    await copy.sql('DELETE FROM topups');
    const report = await copy.expectBroken('I4', `settle:${packetId}:6`, /a settle transfer without a claim/);
    expect(idsOf(report, 'I4')).toContain(`refund:${packetId}`);
    expect(report.broken.map(({ detail }) => detail).join()).toMatch(/a topup transfer without a topup/);
  });

  it('a refund that never moved is named', async () => {
    await copy.sql(`DELETE FROM transfers WHERE kind = 'refund'`);
    await copy.expectBroken(
      'I4',
      `refund:${copy.world.expired.packetId}`,
      /a refund of a packet without its transfer/,
    );
  });

  it('transfers of nothing, to oneself, in another currency, or twice are named', async () => {
    await copy.unconstrained(
      'transfers',
      'transfers_amount_check',
      'transfers_two_accounts',
      'transfers_once',
    );
    const key = (ordinal: number) => `settle:${copy.world.large.packetId}:${ordinal}`;
    await copy.sql('UPDATE transfers SET amount = -amount WHERE transfer_key = $1', key(1));
    await copy.sql('UPDATE transfers SET credit_account = debit_account WHERE transfer_key = $1', key(2));
    await copy.sql(`UPDATE transfers SET currency = 'USD' WHERE transfer_key = $1`, key(3));
    await copy.sql(
      `INSERT INTO transfers (transfer_key, kind, debit_account, credit_account, amount, currency, packet_id)
       SELECT transfer_key, kind, debit_account, credit_account, amount, currency, packet_id FROM transfers
       WHERE transfer_key = $1`,
      key(4),
    );
    const report = await copy.expectBroken('I4', key(1), /no transfer between two accounts/);
    expect(idsOf(report, 'I4')).toEqual(expect.arrayContaining([key(2), key(3), key(4)]));
  });
});

describe('damage to what flows', () => {
  it('an outbox entry left over is named, read or not', async () => {
    const { packetId } = copy.world.open;
    const stream = keys.outbox(slotOf(packetId));
    const unread = await copy.money.xadd(
      stream,
      '*',
      'packet',
      packetId,
      'at',
      1,
      'claims',
      '',
      'left',
      '0:0',
    );
    const gone = await copy.money.xadd(stream, '*', 'packet', packetId, 'at', 1, 'claims', '', 'left', '0:0');
    await copy.money.xreadgroup('GROUP', 'settlement', 'dead', 'COUNT', 9, 'STREAMS', stream, '>');
    await copy.money.xdel(stream, gone!);
    const report = await copy.expectBroken('I9', `${stream}:${unread}`, /claims still in the outbox/);
    expect(idsOf(report, 'I9')).toContain(`${stream}:${gone}`);
    expect(await copy.auditNow({}, 60_000)).toMatchObject({ ok: true });
  });

  it('a job left in the queue is named, but for a failed one whose claims are settled', async () => {
    const queue = `${QUEUE_PREFIX}:settlement`;
    const { claims } = copy.world.open;
    const lost = { ...claims[0]!, ordinal: 6 };
    for (const [id, data] of [
      ['1', { entries: [], claims: packClaims(claims) }],
      ['2', { entries: [], claims: packClaims([lost]) }],
      ['3', { entries: [], claims: packClaims(claims) }],
    ] as const) {
      await copy.money.hset(`${queue}:${id}`, 'timestamp', 1, 'data', JSON.stringify(data));
    }
    await copy.money.zadd(`${queue}:failed`, 1, '1', 1, '2');
    await copy.money.lpush(`${queue}:wait`, '3');
    const report = await copy.expectBroken('I9', `${queue}:2`, /a failed job with claims not settled/);
    expect(idsOf(report, 'I9').sort()).toEqual([`${queue}:2`, `${queue}:3`]);
  });

  it('a packet that Redis and Postgres tell differently is named', async () => {
    const { open, large, finished } = copy.world;
    const terms = JSON.parse((await copy.money.hget(keys.meta(open.packetId), 'terms'))!) as object;
    await copy.money.hset(keys.meta(open.packetId), 'terms', JSON.stringify({ ...terms, epoch: 2 }));
    await copy.money.lpop(keys.shares(large.packetId));
    await copy.money.hset(keys.meta(finished.packetId), 'state', 'open');
    const report = await copy.expectBroken('I10', open.packetId, /has epoch 1 in Postgres, 2 in Redis/);
    expect(report.broken.every(({ invariant }) => invariant === 'I10')).toBe(true);
    expect(new Set(idsOf(report, 'I10'))).toEqual(
      new Set([open.packetId, large.packetId, finished.packetId]),
    );
  });

  it('an open packet that Redis lost is named, and one that only Redis has', async () => {
    const { packetId } = copy.world.open;
    const stray = randomUUID();
    await copy.money.del(keys.meta(packetId), keys.shares(packetId), keys.claims(packetId));
    await copy.money.hset(keys.meta(stray), 'state', 'open');
    const report = await copy.expectBroken('I10', packetId, /is open in Postgres, unknown to Redis/);
    expect(idsOf(report, 'I10')).toContain(stray);
  });

  it('a share that has an owner and can still be had is named', async () => {
    const { packetId } = copy.world.open;
    await copy.money.rpush(keys.shares(packetId), '1:100');
    await copy.expectBroken('I2', `${packetId}:1`, /a share that has an owner is still to be had/);
  });
});
