import { describe, expect, it } from 'vitest';
import { keys } from '@app/packet-store';
import { idsOf, useDamagedCopy } from './damaged-copy.js';

const copy = useDamagedCopy();

describe('damage to packets', () => {
  it('money left in the escrow of a closed packet is named', async () => {
    const { packetId } = copy.world.expired;
    await copy.sql(`UPDATE accounts SET balance = 7 WHERE kind = 'escrow' AND owner = $1`, packetId);
    const report = await copy.expectBroken('I1', packetId, /closed with money left in escrow/);
    expect(idsOf(report, 'I4')).toEqual([`escrow:${packetId}:CNY`, 'CNY']);
  });

  it('a packet that counts other claims than it has is named', async () => {
    await copy.sql(
      'UPDATE packets SET claimed_amount = claimed_amount - 1 WHERE packet_id = $1',
      copy.world.open.packetId,
    );
    await copy.expectBroken('I1', copy.world.open.packetId, /its counters are not its claims/);
  });

  it('a packet whose funding is another amount, or missing, is named', async () => {
    const key = (packetId: string) => `fund:${packetId}`;
    await copy.sql(
      'UPDATE transfers SET amount = amount - 1 WHERE transfer_key = $1',
      key(copy.world.open.packetId),
    );
    await copy.sql('DELETE FROM transfers WHERE transfer_key = $1', key(copy.world.fixed.packetId));
    const report = await copy.expectBroken(
      'I1',
      copy.world.open.packetId,
      /not funded by exactly one transfer/,
    );
    expect(idsOf(report, 'I1').sort()).toEqual([copy.world.open.packetId, copy.world.fixed.packetId].sort());
  });

  it('the wrong best luck is named, also where there should be none', async () => {
    const { finished, expired } = copy.world;
    await copy.sql(
      `UPDATE packets SET best_luck_ordinal = best_luck_ordinal % 10 + 1 WHERE packet_id = $1`,
      finished.packetId,
    );
    await copy.sql('UPDATE packets SET best_luck_ordinal = 1 WHERE packet_id = $1', expired.packetId);
    const report = await copy.expectBroken('I2', finished.packetId, /the best luck is not right/);
    expect(idsOf(report, 'I2').sort()).toEqual([finished.packetId, expired.packetId].sort());
  });

  it('a commitment that the seed does not keep is named, and a seed that does not open', async () => {
    const { open, finished } = copy.world;
    await copy.sql(`UPDATE packets SET commitment = repeat('0', 64) WHERE packet_id = $1`, finished.packetId);
    await copy.sql(
      `UPDATE packets SET seed_sealed = repeat('0', 60)::bytea WHERE packet_id = $1`,
      open.packetId,
    );
    const report = await copy.expectBroken('I2', finished.packetId, /the commitment is not that of the seed/);
    expect(report.broken).toContainEqual({
      invariant: 'I2',
      ids: [open.packetId],
      detail: expect.stringContaining('does not open with this SEED_KEY'),
    });
  });

  it('another seed revealed at the close shows in commitment and claims', async () => {
    await copy.sql(
      `UPDATE packets SET seed = repeat('1', 64) WHERE packet_id = $1`,
      copy.world.finished.packetId,
    );
    const report = await copy.expectBroken('I2', copy.world.finished.packetId, /the commitment is not/);
    expect(report.broken.map(({ detail }) => detail).join()).toMatch(/a share in Postgres is not/);
  });

  it('a finished packet with fewer claims than shares is named', async () => {
    const { packetId } = copy.world.expired;
    await copy.sql(`UPDATE packets SET state = 'finished' WHERE packet_id = $1`, packetId);
    await copy.expectBroken('I7', packetId, /finished without all its claims.* has 3 of 5/s);
  });

  it('a frozen packet has a line by its reason', async () => {
    const { packetId } = copy.world.open;
    await copy.sql(`UPDATE packets SET frozen_reason = 'claim 3 is odd' WHERE packet_id = $1`, packetId);
    await copy.money.hset(keys.meta(packetId), 'state', 'frozen');
    const report = await copy.auditNow();
    expect(report.broken).toEqual([{ invariant: 'I1', ids: [packetId], detail: 'frozen: claim 3 is odd' }]);
  });

  it('packets that stay behind are named: never opened, past their expiry, complete and not closed', async () => {
    const { open, large, expired } = copy.world;
    await copy.sql(
      `UPDATE packets SET expires_at = now() - interval '61 s' WHERE packet_id = $1`,
      open.packetId,
    );
    await copy.sql(`UPDATE packets SET state = 'funded' WHERE packet_id = $1`, large.packetId);
    await copy.sql(
      'UPDATE packets SET closed_at = NULL, seed = NULL, count = 3 WHERE packet_id = $1',
      expired.packetId,
    );
    const report = await copy.expectBroken('I9', open.packetId, /past its expiry and not closed/);
    expect(idsOf(report, 'I9')).toEqual(expect.arrayContaining([large.packetId, expired.packetId]));
  });
});
