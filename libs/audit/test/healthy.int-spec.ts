import { describe, expect, it } from 'vitest';
import { keys } from '@app/packet-store';
import { audit } from '../src/index.js';
import { useDamagedCopy } from './damaged-copy.js';

const copy = useDamagedCopy();

describe('the audit of a healthy deployment', () => {
  it('finds nothing, and says how much it looked at', async () => {
    const claims = [
      copy.world.finished,
      copy.world.fixed,
      copy.world.expired,
      copy.world.open,
      copy.world.large,
      copy.world.campaign,
    ].flatMap((p) => p.claims);
    const report = await copy.auditNow({ ackedWins: claims, refused: [] });
    // Two topups, the campaign's budget, a funding for each packet, and one refund.
    const moved = 2 + 1 + 6 + claims.length + 1;
    expect(report).toEqual({
      ok: true,
      checked: { packets: 6, claims: claims.length, transfers: moved },
      broken: [],
    });
    expect(claims).toHaveLength(10 + 4 + 3 + 2 + 1_100 + 3);
  });

  it('needs no key to check all but the split of packets that are not closed', async () => {
    const { seedKey: _seedKey, ...withoutKey } = { pg: copy.pool, money: copy.money, seedKey: '' };
    expect(await audit(withoutKey, { graceMs: 0, recheckDelaysMs: [0] })).toMatchObject({ ok: true });
  });

  it('also reads through a single connection, and leaves it usable', async () => {
    const client = await copy.pool.connect();
    expect(await audit({ pg: client, money: copy.money }, { graceMs: 0 })).toMatchObject({ ok: true });
    await client.query('CREATE TABLE still_writable ()');
    client.release();
  });

  it('lets a claim be on its way for the grace', async () => {
    await copy.money.hset(keys.meta(copy.world.open.packetId), 'state', 'open');
    await copy.takeNextShare('newcomer');
    expect(await copy.auditNow({}, 60_000)).toMatchObject({ ok: true });
    expect(await copy.auditNow({}, 0)).toMatchObject({ ok: false });
  });
});
