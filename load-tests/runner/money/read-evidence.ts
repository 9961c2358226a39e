import type {
  CampaignReport,
  CampaignView,
  ClaimView,
  HistoryLine,
  HistoryView,
  WalletView,
} from '@app/contracts';
import { eachOf } from '../../setup/patience.ts';
import type { FundedCampaign, FundedSender, Setup } from '../../setup/setup.ts';
import type {
  CampaignEvidence,
  Evidence,
  PacketEvidence,
  SenderEvidence,
  TenantEvidence,
} from './evidence.ts';
import { recordsOf } from './parse-csv.ts';
import { READS_AT_ONCE, type ServiceReader } from './service-reader.ts';

export type Progress = (what: string, done: number, of: number) => void;

/** Everything about the run's money that its senders and marketers can see. */
export async function readEvidence(
  reader: ServiceReader,
  setup: Setup,
  onProgress: Progress,
): Promise<Evidence> {
  const { senders, campaigns, currency } = setup;
  const sent = await eachOf(
    senders,
    READS_AT_ONCE,
    (sender) => sentPackets(reader, sender),
    (done) => onProgress('senders', done, senders.length),
  );
  const packets = sent.flatMap((lines, k) => lines.map((line) => ({ line, sender: senders[k]! })));
  const rooms = await eachOf(
    packets,
    READS_AT_ONCE,
    ({ line, sender }) => roomPacket(reader, line, sender),
    (done) => onProgress('packets', done, packets.length),
  );
  const wallets = await eachOf(
    senders,
    READS_AT_ONCE,
    (sender) => wallet(reader, sender, currency),
    (done) => onProgress('wallets', done, senders.length),
  );
  const ofCampaigns = await eachOf(
    campaigns,
    1,
    (campaign) => campaignEvidence(reader, campaign),
    (done) => onProgress('campaigns', done, campaigns.length),
  );
  const tenants = new Map(campaigns.map((campaign) => [campaign.tenantId, campaign]));
  const accounts = await eachOf([...tenants.values()], 1, (one) => tenantAccount(reader, one, currency));
  return { rooms, senders: wallets, campaigns: ofCampaigns, tenants: accounts };
}

export function sentPackets(reader: ServiceReader, { token }: FundedSender): Promise<HistoryLine[]> {
  // A run over New Year has its packets in two years; nobody else's are in either, for senders are made for one run.
  const years = [
    ...new Set([-1, 0, 1].map((days) => new Date(Date.now() + days * 86_400_000).getUTCFullYear())),
  ];
  return Promise.all(
    years.map((year) =>
      reader.all<HistoryLine, HistoryView>(
        `/me/packets?direction=sent&year=${year}`,
        token,
        ({ items }) => items,
      ),
    ),
  ).then((pages) => pages.flat());
}

async function roomPacket(
  reader: ServiceReader,
  { packetId, amount, count, claimed, refunded, state }: HistoryLine,
  { userId, token }: FundedSender,
): Promise<PacketEvidence> {
  const claims = await reader.all<ClaimView>(`/packets/${packetId}/claims`, token, (page) => page);
  return {
    ...{ packetId, funder: userId, amount, state: state ?? 'unknown', refunded: refunded ?? 0 },
    ...(count === undefined ? {} : { count }),
    ...(claimed === undefined ? {} : { claimedCount: claimed }),
    claims: claims.map((claim) => ({
      ...{ ordinal: claim.ordinal, userId: claim.userId, amount: claim.amount, settled: claim.settled },
    })),
  };
}

async function wallet(
  reader: ServiceReader,
  { userId, token, funded }: FundedSender,
  currency: string,
): Promise<SenderEvidence> {
  return { userId, funded, ...(await balance(reader, '/wallet', token, currency)) };
}

async function tenantAccount(
  reader: ServiceReader,
  { tenantId, marketerToken }: FundedCampaign,
  currency: string,
): Promise<TenantEvidence> {
  return { tenantId, ...(await balance(reader, `/tenants/${tenantId}/balance`, marketerToken, currency)) };
}

async function balance(reader: ServiceReader, path: string, token: string, currency: string) {
  const { balances } = await reader.json<WalletView>(path, token);
  const own = balances.find((one) => one.currency === currency);
  return { available: own?.available ?? 0, held: own?.held ?? 0 };
}

/** The state comes last: what is over by then was so in the figures before. */
async function campaignEvidence(
  reader: ServiceReader,
  { campaignId, tenantId, marketerToken, budget }: FundedCampaign,
): Promise<CampaignEvidence> {
  const path = `/campaigns/${campaignId}`;
  const report = await reader.json<CampaignReport>(`${path}/report`, marketerToken);
  const records = recordsOf(await reader.text(`${path}/claims.csv`, marketerToken));
  const { state } = await reader.json<CampaignView>(path, marketerToken);
  const claimsOf = new Map<string, Record<string, string>[]>();
  for (const record of records) {
    const ofPacket = claimsOf.get(record.packet_id!);
    if (ofPacket) ofPacket.push(record);
    else claimsOf.set(record.packet_id!, [record]);
  }
  const packets = report.drops.flatMap((drop) =>
    drop.packets.map(({ packetId, amount, refunded, state: packetState }): PacketEvidence => {
      const claims = (claimsOf.get(packetId) ?? []).map((record) => ({
        ordinal: Number(record.ordinal),
        userId: record.user_id!,
        amount: Number(record.amount),
        settled: record.settled_at !== '',
      }));
      claimsOf.delete(packetId);
      return { packetId, funder: campaignId, amount, state: packetState, refunded, claims };
    }),
  );
  for (const [packetId, claims] of claimsOf)
    throw new Error(
      `${claims.length} claims of packet ${packetId}, which no drop of campaign ${campaignId} has`,
    );
  const { spent, refunded, held, ledger } = report;
  return { campaignId, tenantId, state, budget, spent, refunded, held, ledger, packets };
}
