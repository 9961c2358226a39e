import type { UnknownGrab, Win } from '../merge.ts';
import { allPackets, type CampaignEvidence, type Evidence, type PacketEvidence } from './evidence.ts';

/** What the clients know of the run. People are indexes into the plan's. */
export interface Heard {
  wins: readonly Win[];
  unknown: readonly UnknownGrab[];
  /** By index. */
  userIds: readonly string[];
  /** Whether the VU that played the person told everything it knew: not so when k6 was stopped early. */
  toldAll: (person: number) => boolean;
}

export interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

export interface MoneyFindings {
  checks: Check[];
  funded: number;
  claimed: { count: number; amount: number };
  refunded: number;
  unheard: number;
}

const CLOSED = new Set(['finished', 'expired']);
const LISTED_MAX = 100;

/** Pure: everything that is wrong is listed with its ids. */
export function checkMoney(evidence: Evidence, heard: Heard): MoneyFindings {
  const packets = allPackets(evidence);
  const claims = packets.flatMap(({ claims: own }) => own);
  const unheard = unheardClaims(packets, heard);
  const checks = [
    check('every packet is closed', `${packets.length} packets`, openPackets(packets)),
    check(
      'every acknowledged win is a settled claim',
      `${heard.wins.length} wins`,
      winsWithoutClaim(packets, heard),
    ),
    check(
      'no person has two claims of a packet',
      `${claims.length} claims`,
      repeated(packets, ({ userId }) => userId),
    ),
    check('no share was given twice', `${claims.length} claims`, repeatedOrdinals(packets)),
    check('claims and refund make up each packet', `${packets.length} packets`, unevenPackets(packets)),
    check(
      'every claim that nobody heard of is of a grab without an answer',
      `${unheard.count} unheard`,
      unheard.wrong,
    ),
    check('wallets of senders', `${evidence.senders.length} senders`, wrongWallets(evidence)),
    ...(evidence.campaigns.length > 0
      ? [
          check(
            'ledgers of campaigns',
            `${evidence.campaigns.length} campaigns`,
            wrongCampaigns(evidence.campaigns),
          ),
          check('accounts of tenants', `${evidence.tenants.length} tenants`, wrongTenants(evidence)),
        ]
      : []),
  ];
  return {
    checks,
    funded: sum(packets, ({ amount }) => amount),
    claimed: { count: claims.length, amount: sum(claims, ({ amount }) => amount) },
    refunded: sum(packets, ({ refunded }) => refunded),
    unheard: unheard.count,
  };
}

export function check(name: string, looked: string, wrong: readonly string[]): Check {
  if (wrong.length === 0) return { name, ok: true, detail: looked };
  const listed = wrong.slice(0, LISTED_MAX).join('; ');
  const more = wrong.length > LISTED_MAX ? `; and ${wrong.length - LISTED_MAX} more` : '';
  return { name, ok: false, detail: `${wrong.length} wrong of ${looked}: ${listed}${more}` };
}

function openPackets(packets: PacketEvidence[]): string[] {
  return packets
    .filter(({ state }) => !CLOSED.has(state))
    .map(({ packetId, state }) => `${packetId} is ${state}`);
}

function winsWithoutClaim(packets: PacketEvidence[], { wins, userIds }: Heard): string[] {
  const claims = new Map(
    packets.map((packet) => [packet.packetId, new Map(packet.claims.map((claim) => [claim.ordinal, claim]))]),
  );
  const told = new Set<string>();
  return wins.flatMap(([packetId, person, ordinal, amount]) => {
    const userId = userIds[person] ?? `person ${person}`;
    const win = `${packetId}:${ordinal} won by ${userId} (${amount})`;
    const twice = told.has(`${packetId}:${person}`) ? [`${win} was told twice`] : [];
    told.add(`${packetId}:${person}`);
    const ofPacket = claims.get(packetId);
    if (!ofPacket) return [...twice, `${win}: no such packet in this run`];
    const claim = ofPacket.get(ordinal);
    if (!claim) return [...twice, `${win} is no claim`];
    if (claim.userId !== userId) return [...twice, `${win} is a claim of ${claim.userId}`];
    if (claim.amount !== amount) return [...twice, `${win} is a claim of ${claim.amount}`];
    if (!claim.settled) return [...twice, `${win} is not settled`];
    return twice;
  });
}

function repeated(
  packets: PacketEvidence[],
  key: (claim: PacketEvidence['claims'][number]) => unknown,
): string[] {
  return packets.flatMap(({ packetId, claims }) => {
    const seen = new Set<unknown>();
    return claims.flatMap((claim) => {
      if (!seen.has(key(claim))) return seen.add(key(claim)) && [];
      return [`${packetId}:${claim.ordinal} of ${claim.userId}`];
    });
  });
}

function repeatedOrdinals(packets: PacketEvidence[]): string[] {
  const outside = packets.flatMap(({ packetId, count, claims }) =>
    claims
      .filter(({ ordinal }) => ordinal < 1 || (count !== undefined && ordinal > count))
      .map(({ ordinal, userId }) => `${packetId}:${ordinal} of ${userId} is no share of ${count}`),
  );
  return [...repeated(packets, ({ ordinal }) => ordinal), ...outside];
}

function unevenPackets(packets: PacketEvidence[]): string[] {
  return packets.flatMap(({ packetId, amount, refunded, claims, claimedCount }) => {
    const claimed = sum(claims, (claim) => claim.amount);
    const wrong = [
      ...(claimed + refunded === amount
        ? []
        : [`${packetId}: claims ${claimed} + refund ${refunded} is not ${amount}`]),
      ...(claimedCount === undefined || claimedCount === claims.length
        ? []
        : [`${packetId}: ${claims.length} claims, and the packet counts ${claimedCount}`]),
    ];
    return wrong;
  });
}

/** A claim without an acknowledged win is right only where the answer was lost, or its hearer was stopped. */
function unheardClaims(packets: PacketEvidence[], heard: Heard): { count: number; wrong: string[] } {
  const personOf = new Map(heard.userIds.map((userId, person) => [userId, person]));
  const known = new Set(heard.wins.map(([packetId, person]) => `${packetId}:${person}`));
  const unknown = new Set(heard.unknown.map(([packetId, person]) => `${packetId}:${person}`));
  let count = 0;
  const wrong = packets.flatMap(({ packetId, claims }) =>
    claims.flatMap(({ ordinal, userId, amount }) => {
      const person = personOf.get(userId);
      if (person === undefined)
        return [`${packetId}:${ordinal} (${amount}) of ${userId}, who is not in this run`];
      if (known.has(`${packetId}:${person}`)) return [];
      count += 1;
      if (unknown.has(`${packetId}:${person}`) || !heard.toldAll(person)) return [];
      return [`${packetId}:${ordinal} (${amount}) of ${userId}, who was not told`];
    }),
  );
  return { count, wrong };
}

function wrongWallets({ rooms, senders, campaigns }: Evidence): string[] {
  const kept = new Map<string, number>();
  const won = new Map<string, number>();
  for (const { funder, amount, refunded } of rooms) add(kept, funder, amount - refunded);
  for (const packet of [...rooms, ...campaigns.flatMap(({ packets }) => packets)])
    for (const { userId, amount } of packet.claims) add(won, userId, amount);
  return senders.flatMap(({ userId, funded, available, held }) => {
    const expected = funded - (kept.get(userId) ?? 0) + (won.get(userId) ?? 0);
    return [
      ...(available === expected ? [] : [`${userId} has ${available}, not ${expected}`]),
      ...(held === 0 ? [] : [`${userId} has ${held} held, with all packets closed`]),
    ];
  });
}

function wrongCampaigns(campaigns: CampaignEvidence[]): string[] {
  return campaigns.flatMap(({ campaignId, state, budget, spent, refunded, held, ledger, packets }) => {
    const claimed = sum(packets, ({ claims }) => sum(claims, ({ amount }) => amount));
    const says = (wrong: boolean, what: string) => (wrong ? [`${campaignId}: ${what}`] : []);
    return [
      ...says(!['ended', 'cancelled'].includes(state), `is ${state}`),
      ...says(
        ledger.spent !== spent || ledger.refunded !== refunded || ledger.held !== held,
        `rows say spent ${spent}, refunded ${refunded}, held ${held}; transfers ${ledger.spent}, ${ledger.refunded}, ${ledger.held}`,
      ),
      ...says(ledger.spent !== claimed, `claims make ${claimed}, and ${ledger.spent} was spent`),
      ...says(
        ledger.spent + ledger.refunded !== budget,
        `spent ${ledger.spent} + given back ${ledger.refunded} is not ${budget}`,
      ),
      ...says(held !== 0, `still holds ${held}`),
    ];
  });
}

function wrongTenants({ tenants, campaigns }: Evidence): string[] {
  return tenants.flatMap(({ tenantId, available, held }) => {
    const own = campaigns.filter((campaign) => campaign.tenantId === tenantId);
    const back = sum(own, ({ ledger }) => ledger.refunded);
    return [
      ...(available === back ? [] : [`${tenantId} has ${available}, and ${back} was given back to it`]),
      ...(held === 0 ? [] : [`${tenantId} has ${held} held`]),
    ];
  });
}

function add(to: Map<string, number>, key: string, amount: number): void {
  to.set(key, (to.get(key) ?? 0) + amount);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
