import type { StoredWins } from '@app/ledger';
import type { ApiParts } from '../parts.js';

/** Winners read by name for one report: each packet's come in one HGETALL, which grabs wait for. */
const WINNERS_LISTED_MAX = 10_000;

type Parts = Pick<ApiParts, 'dataSource' | 'store'>;
type OpenPacket = { packetId: string; dropId: string; settled: number };

/**
 * What the store has given out of packets that are not closed. Of those with claims that are not settled yet it says to
 * whom, up to WINNERS_LISTED_MAX claims. Empty when the store can't be asked: then the ledger's word stands alone.
 */
export async function readStoredWins(parts: Parts, campaignId: string): Promise<StoredWins[]> {
  const open = await parts.dataSource.query<OpenPacket[]>(
    `SELECT packet_id AS "packetId", drop_id AS "dropId", claimed_count AS settled FROM packets
     WHERE campaign_id = $1 AND state = 'open' AND closed_at IS NULL AND opens_at <= now() + interval '1 minute'`,
    [campaignId],
  );
  try {
    return await readAll(parts, open);
  } catch {
    return [];
  }
}

async function readAll({ store }: Parts, open: readonly OpenPacket[]): Promise<StoredWins[]> {
  const counted = await Promise.all(
    open.map(async ({ packetId, dropId, settled }) => {
      const claims = (await store.inspect(packetId))?.claimCount ?? 0;
      return { packetId, dropId, claims, unsettled: claims - settled };
    }),
  );
  const ahead = counted.filter(({ unsettled }) => unsettled > 0).sort((a, b) => a.claims - b.claims);
  let listed = 0;
  return Promise.all(
    ahead.map(async ({ packetId, dropId, claims }) => {
      listed += claims;
      if (listed > WINNERS_LISTED_MAX) return { packetId, dropId, claims };
      const userIds = (await store.claims(packetId)).map(({ userId }) => userId);
      return { packetId, dropId, claims, userIds };
    }),
  );
}
