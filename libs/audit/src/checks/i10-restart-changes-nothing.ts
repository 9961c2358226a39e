import { nodesOf } from '@app/redis';
import type { FlowCheck, PacketCheck } from '../context.js';
import { termsOf, type PacketRow } from '../packet-in-both.js';
import { chunksOf } from '../settled-claims.js';
import type { Snapshot } from '../snapshot.js';
import type { StoredState } from '../stored-packets.js';

const invariant = 'I10';
const SCAN_KEYS = 1_000;
/** hb:{slot}:packet:<packetId>:meta */
const META_KEYS = 'hb:{*}:packet:*:meta';
const PACKET_ID_IN_KEY = 3;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What Redis may say of a packet that Postgres has in a state. Redis is first in everything but freezing. */
const STORED_STATES: Record<PacketRow['state'], readonly (string | undefined)[]> = {
  funded: [undefined, 'arming', 'open', 'finished', 'expired'],
  open: ['open', 'finished', 'expired'],
  finished: [undefined, 'finished'],
  expired: [undefined, 'expired'],
};

/**
 * I10, as far as it shows without a restart: all that a restarted process would go by says the same in both stores, so
 * that rebuilding a packet would give the packet that is there.
 */
export const storesAgree: PacketCheck = ({ row, stored }, _pass, report) => {
  const { packetId, state, frozenReason } = row;
  const say = (problem: string, note: string) =>
    report({ invariant, id: packetId, packetId, problem, note: `${packetId} ${note}` });
  const storedState = stored?.state;
  const frozenAsKnown = storedState === 'frozen' && frozenReason !== null;
  if (!frozenAsKnown && !STORED_STATES[state].includes(storedState)) {
    say('the states do not go together', `is ${state} in Postgres, ${storedState ?? 'unknown'} to Redis`);
  }
  if (!stored) return;
  for (const [field, ours, theirs] of differences(row, stored)) {
    say('the terms differ', `has ${field} ${String(ours)} in Postgres, ${String(theirs)} in Redis`);
  }
  if (!row.closed && stored.state !== 'arming' && stored.steady) compareFigures(row, stored, say);
};

function differences(row: PacketRow, { terms, state, opensAtMs, expiresAtMs }: StoredState) {
  const { min, max } = termsOf(row);
  const { packetId, roomId, senderId, currency, amount, count, epoch } = row;
  const partitions = row.partitions > 1 ? row.partitions : undefined;
  const expected = { packetId, roomId, senderId, currency, amount, count, min, max, epoch, partitions };
  const pairs: [string, unknown, unknown][] = Object.entries(expected).map(([field, value]) => {
    return [field, value, terms?.[field as keyof typeof expected]];
  });
  if (state !== 'arming') {
    if (row.opensAtMs !== null) pairs.push(['opensAtMs', row.opensAtMs, opensAtMs]);
    if (row.expiresAtMs !== null) pairs.push(['expiresAtMs', row.expiresAtMs, expiresAtMs]);
  }
  return pairs.filter(([, ours, theirs]) => ours !== theirs);
}

function compareFigures(
  row: PacketRow,
  stored: StoredState,
  say: (problem: string, note: string) => void,
): void {
  const { leftCount, claimCount, remainingAmount, claims, left } = stored;
  if (leftCount + claimCount !== row.count) {
    say('shares are missing in Redis', `has ${claimCount} taken and ${leftCount} left of ${row.count}`);
  }
  const taken = claims.reduce((sum, { amount }) => sum + amount, 0);
  const listed = left?.reduce((sum, { amount }) => sum + amount, 0) ?? remainingAmount;
  if (remainingAmount !== row.amount - taken || listed !== remainingAmount) {
    const figures = `says ${remainingAmount} remain, its shares left sum to ${listed}, its claims to ${taken} of ${row.amount}`;
    say('the remaining amount is not what was not taken', figures);
  }
}

/** I10, the other way round: Redis holds no packet that Postgres doesn't know, for nobody would ever settle or close it. */
export const storedPacketsKnown: FlowCheck = async ({ db, money }, report) => {
  for (const node of nodesOf(money)) {
    let cursor = '0';
    do {
      const [next, found] = await node.scan(cursor, 'MATCH', META_KEYS, 'COUNT', SCAN_KEYS);
      cursor = next;
      const ids = found.map((key) => key.split(':')[PACKET_ID_IN_KEY] ?? '');
      for (const id of await unknownOf(ids, db)) {
        report({ invariant, id, problem: 'a packet in Redis that Postgres does not know', note: id });
      }
    } while (cursor !== '0');
  }
};

async function unknownOf(ids: readonly string[], db: Snapshot): Promise<string[]> {
  const known = new Set<string>();
  for (const chunk of chunksOf(ids.filter((id) => UUID.test(id)))) {
    const sql = 'SELECT packet_id::text AS id FROM packets WHERE packet_id = ANY($1::uuid[])';
    for (const { id } of await db.query<{ id: string }>(sql, [chunk])) known.add(id);
  }
  return ids.filter((id) => !known.has(id));
}
