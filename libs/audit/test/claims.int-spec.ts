import { describe, expect, it } from 'vitest';
import { keys } from '@app/packet-store';
import { idsOf, useDamagedCopy } from './damaged-copy.js';

const copy = useDamagedCopy();

describe('damage to claims', () => {
  it('a claim removed breaks the sum, its transfer and what Redis says was won', async () => {
    const { packetId, claims } = copy.world.open;
    const id = `${packetId}:${claims[0]!.ordinal}`;
    await copy.sql('DELETE FROM claims WHERE packet_id = $1 AND ordinal = $2', packetId, claims[0]!.ordinal);
    const report = await copy.expectBroken(
      'I1',
      packetId,
      /claimed \+ refunded \+ escrow is not what was funded/,
    );
    expect(idsOf(report, 'I4')).toEqual([`settle:${id}`]);
    expect(idsOf(report, 'I5')).toEqual([id]);
  });

  it('a claim doubled gives a user two', async () => {
    const { packetId, claims } = copy.world.finished;
    await copy.unconstrained('claims', 'claims_one_for_a_user', 'claims_pkey');
    await copy.sql('INSERT INTO claims SELECT * FROM claims WHERE packet_id = $1 AND ordinal = 1', packetId);
    const report = await copy.expectBroken(
      'I2',
      `${packetId}:${claims[0]!.userId}`,
      /a user has several claims/,
    );
    expect(idsOf(report, 'I2')).toContain(`${packetId}:1`);
    expect(idsOf(report, 'I1')).toContain(packetId);
  });

  it('an ordinal given twice is named, in either store', async () => {
    const { packetId } = copy.world.finished;
    await copy.unconstrained('claims', 'claims_pkey');
    await copy.sql('UPDATE claims SET ordinal = 2 WHERE packet_id = $1 AND ordinal = 3', packetId);
    const [first, second] = copy.world.open.claims;
    await copy.money.hset(
      keys.claims(copy.world.open.packetId),
      second!.userId,
      `${first!.ordinal}:${first!.amount}:0`,
    );
    const report = await copy.expectBroken('I2', `${packetId}:2`, /an ordinal has several owners/);
    expect(idsOf(report, 'I2')).toContain(`${copy.world.open.packetId}:${first!.ordinal}`);
  });

  it('a claim changed by one fen is not the share that the seed gives', async () => {
    const { packetId } = copy.world.large;
    await copy.sql('UPDATE claims SET amount = amount + 1 WHERE packet_id = $1 AND ordinal = 1050', packetId);
    const id = `${packetId}:1050`;
    const report = await copy.expectBroken('I2', id, /a share in Postgres is not what the split gives/);
    expect(idsOf(report, 'I1')).toContain(packetId);
    expect(idsOf(report, 'I4')).toEqual([`settle:${id}`]);
    expect(idsOf(report, 'I5')).toEqual([id]);
    expect(idsOf(report, 'I2').filter((each) => each !== id)).toEqual([]);
  });

  it('a claim under 1 is named', async () => {
    const { packetId } = copy.world.open;
    await copy.unconstrained('claims', 'claims_amount_check');
    await copy.sql('UPDATE claims SET amount = 0 WHERE packet_id = $1 AND ordinal = 1', packetId);
    await copy.expectBroken('I3', `${packetId}:1`, /a claim under 1/);
  });

  it('claims before the opening, at the expiry and after the close are named', async () => {
    const { open, expired, finished } = copy.world;
    const set = (packetId: string, ordinal: number, at: string) =>
      copy.sql(
        `UPDATE claims c SET claimed_at = ${at} FROM packets p
         WHERE p.packet_id = c.packet_id AND c.packet_id = $1 AND ordinal = $2`,
        packetId,
        ordinal,
      );
    await set(open.packetId, 1, `p.opens_at - interval '1 ms'`);
    await set(expired.packetId, 1, 'p.expires_at');
    await set(finished.packetId, 1, `p.closed_at + interval '2 seconds'`);
    const report = await copy.expectBroken('I8', `${open.packetId}:1`, /a claim before it opened/);
    expect(idsOf(report, 'I8')).toEqual(
      expect.arrayContaining([`${expired.packetId}:1`, `${finished.packetId}:1`]),
    );
    expect(idsOf(report, 'I8')).toHaveLength(3);
  });

  it('a settled claim that nobody won is named', async () => {
    const { packetId } = copy.world.open;
    await copy.sql(`INSERT INTO claims VALUES ($1, 5, 'intruder', 999, now())`, packetId);
    await copy.expectBroken('I6', `${packetId}:5`, /a settled claim that nobody won/);
  });

  it('a claim in Redis that was never settled is named, and so is one settled with another amount', async () => {
    const { packetId, claims } = copy.world.open;
    const { ordinal } = await copy.takeNextShare('unlucky');
    const wrong = claims[0]!;
    const said = `${wrong.ordinal}:${wrong.amount + 1}:${wrong.atMs}`;
    await copy.money.hset(keys.claims(packetId), wrong.userId, said);
    const report = await copy.expectBroken(
      'I5',
      `${packetId}:${ordinal}`,
      /a claim in Redis is not settled so/,
    );
    expect(idsOf(report, 'I5')).toContain(`${packetId}:${wrong.ordinal}`);
    expect(idsOf(report, 'I2')).toContain(`${packetId}:${wrong.ordinal}`);
  });
});

describe("the clients' record", () => {
  it('an acked win that is not settled, or with another amount, is named', async () => {
    const { packetId, claims } = copy.world.open;
    const more = { ...claims[0]!, amount: claims[0]!.amount + 1 };
    const ackedWins = [more, { packetId, userId: 'ghost', ordinal: 5, amount: 1 }];
    const report = await copy.expectBroken('I5', `${packetId}:5`, /an acked win is not settled so/, {
      ackedWins,
    });
    expect(idsOf(report, 'I5')).toEqual([`${packetId}:1`, `${packetId}:5`]);
  });

  it('a settlement for a refused user is named, unless a later grab may have won', async () => {
    const { packetId, claims } = copy.world.open;
    const refused = [
      { packetId, userId: claims[0]!.userId, outcome: 'not_eligible' },
      { packetId, userId: claims[1]!.userId, outcome: 'not_eligible' },
      { packetId, userId: claims[1]!.userId, outcome: 'unknown' },
    ];
    const report = await copy.expectBroken('I6', `${packetId}:${claims[0]!.userId}`, /told not_eligible/, {
      refused,
    });
    expect(idsOf(report, 'I6')).toHaveLength(1);
    expect(await copy.auditNow({ refused, ackedWins: claims })).toMatchObject({ ok: true });
  });

  it('empty said while shares are left is named', async () => {
    const refused = [
      { packetId: copy.world.open.packetId, userId: 'late', outcome: 'empty' },
      { packetId: copy.world.finished.packetId, userId: 'late', outcome: 'empty' },
    ];
    const report = await copy.expectBroken(
      'I7',
      copy.world.open.packetId,
      /empty was said with shares left/,
      {
        refused,
      },
    );
    expect(idsOf(report, 'I7')).toEqual([copy.world.open.packetId]);
  });
});
