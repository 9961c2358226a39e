import type { Redis } from 'ioredis';
import { keys } from '@app/packet-store';
import type { FlowCheck, LedgerCheck } from '../context.js';
import { IDS_PER_LINE_MAX } from '../findings.js';
import { chunksOf } from '../settled-claims.js';

const invariant = 'I7';

const FINISHED = `
SELECT p.packet_id::text AS id, concat(p.packet_id, ' has ', count(c.ordinal), ' of ', p.count) AS note
FROM packets p LEFT JOIN claims c USING (packet_id) WHERE p.state = 'finished'
GROUP BY p.packet_id HAVING count(c.ordinal) <> p.count ORDER BY 1 LIMIT ${IDS_PER_LINE_MAX + 1}`;

/** I7 in Postgres: what is called finished has all its claims. */
export const finishedWhenTaken: LedgerCheck = async ({ db }, report) => {
  for (const { id, note } of await db.query<{ id: string; note: string }>(FINISHED)) {
    report({ invariant, id, problem: 'finished without all its claims', note });
  }
};

const PACKETS = `
SELECT p.packet_id::text AS id, p.count, p.partitions, (SELECT count(*)::int FROM claims c WHERE c.packet_id = p.packet_id) AS claims
FROM packets p WHERE p.packet_id = ANY($1::uuid[])`;

/** I7 from the clients' record: `empty` was said only of packets whose claims, in either store, reach their count. */
export const emptyWhenTaken: FlowCheck = async ({ db, money, refused }, report) => {
  const said = new Set(refused.filter(({ outcome }) => outcome === 'empty').map(({ packetId }) => packetId));
  for (const ids of chunksOf([...said])) {
    const rows = await db.query<{ id: string; count: number; partitions: number; claims: number }>(PACKETS, [
      ids,
    ]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    const stored = await Promise.all(ids.map((id) => claimsIn(money, id, byId.get(id)?.partitions ?? 1)));
    for (const [k, id] of ids.entries()) {
      const { count = Infinity, claims = 0 } = byId.get(id) ?? {};
      if (Math.max(claims, stored[k]!) >= count) continue;
      const of = count === Infinity ? 'a packet that does not exist' : `${count} shares`;
      const note = `${id} has ${claims} claims settled and ${stored[k]} in Redis of ${of}`;
      report({ invariant, id, packetId: id, problem: 'empty was said with shares left', note });
    }
  }
};

/** Over all partitions, without the notes that stand with their claims. */
async function claimsIn(money: Redis, packetId: string, partitions: number): Promise<number> {
  let claims = 0;
  for (let p = 0; p < partitions; p += 1) {
    const [stored, notes] = await Promise.all([
      money.hlen(keys.claims(packetId, p)),
      money.hget(keys.meta(packetId, p), 'notes'),
    ]);
    claims += stored - Number(notes ?? 0);
  }
  return claims;
}
