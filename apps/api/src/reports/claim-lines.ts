import type { DataSource } from 'typeorm';

/** Claims in one read, and in memory at once: some 50 ms of the database. */
const CLAIMS_PER_PAGE = 2_000;

/** A claim in the ledger. `settledAt`: when it was paid. Amounts in minor units. */
export interface ClaimLine {
  dropId: string;
  packetId: string;
  part: string;
  ordinal: number;
  userId: string;
  name: string;
  amount: number;
  currency: string;
  claimedAt: Date;
  settledAt: Date | null;
}

interface Packet {
  packetId: string;
  dropId: string;
  part: string;
  currency: string;
  count: number;
}

const PACKETS = `
SELECT p.packet_id AS "packetId", p.drop_id AS "dropId", p.part, p.currency, p.count
FROM packets p JOIN campaign_drops d USING (drop_id) WHERE p.campaign_id = $1 AND p.claimed_count > 0
ORDER BY d.opens_at, d.drop_id, p.opens_at, p.part`;

/** By its key, which is unique: the only way from a claim to its transfer. */
const withNames = (claims: string) => `
SELECT c.packet_id AS "packetId", c.ordinal, c.user_id AS "userId", coalesce(u.name, c.user_id) AS name, c.amount,
  c.claimed_at AS "claimedAt", t.created_at AS "settledAt"
FROM (${claims}) c LEFT JOIN users u USING (user_id)
LEFT JOIN transfers t ON t.transfer_key = 'settle:' || c.packet_id || ':' || c.ordinal
ORDER BY c.place, c.ordinal`;

const OF_SMALL_PACKETS = withNames(`
  SELECT claims.*, place FROM unnest($1::uuid[]) WITH ORDINALITY AS g (packet_id, place) JOIN claims USING (packet_id)`);

const OF_LARGE_PACKET = withNames(`
  SELECT *, 1 AS place FROM claims WHERE packet_id = $1 AND ordinal > $2 ORDER BY ordinal LIMIT ${CLAIMS_PER_PAGE}`);

/**
 * Every claim of a campaign that is settled when its page is read, by drop, packet and ordinal, a page at a time. No
 * transaction is held between pages, for whoever reads may be slow.
 */
export async function* readClaimLines(
  dataSource: DataSource,
  campaignId: string,
): AsyncGenerator<ClaimLine[]> {
  const packets = await dataSource.query<Packet[]>(PACKETS, [campaignId]);
  for (const group of groupsOf(packets)) {
    const byId = new Map(group.map((packet) => [packet.packetId, packet]));
    for await (const claims of pagesOf(dataSource, group)) {
      yield claims.map((claim) => {
        const { dropId, part, currency } = byId.get(claim.packetId)!;
        return { ...claim, dropId, part, currency };
      });
    }
  }
}

type Claim = Omit<ClaimLine, 'dropId' | 'part' | 'currency'>;

async function* pagesOf(
  dataSource: DataSource,
  [first, ...rest]: readonly Packet[],
): AsyncGenerator<Claim[]> {
  if (first!.count <= CLAIMS_PER_PAGE) {
    const packetIds = [first!, ...rest].map(({ packetId }) => packetId);
    yield await dataSource.query<Claim[]>(OF_SMALL_PACKETS, [packetIds]);
    return;
  }
  for (let after = 0; ;) {
    const page = await dataSource.query<Claim[]>(OF_LARGE_PACKET, [first!.packetId, after]);
    if (page.length > 0) yield page;
    if (page.length < CLAIMS_PER_PAGE) return;
    after = page.at(-1)!.ordinal;
  }
}

/** Small packets together up to a page, as rain has them by the hundred; a large one alone. */
function groupsOf(packets: readonly Packet[]): Packet[][] {
  const groups: Packet[][] = [];
  let room = 0;
  for (const packet of packets) {
    if (packet.count > room) groups.push([]);
    room = (packet.count > room ? CLAIMS_PER_PAGE : room) - packet.count;
    groups.at(-1)!.push(packet);
  }
  return groups;
}
