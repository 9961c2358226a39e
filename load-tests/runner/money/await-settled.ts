import type { CampaignReport } from '@app/contracts';
import { eachOf } from '../../setup/patience.ts';
import type { FundedCampaign, FundedSender, Setup } from '../../setup/setup.ts';
import type { Plan } from '../../model/plan.ts';
import { sentPackets, type Progress } from './read-evidence.ts';
import { READS_AT_ONCE, type ServiceReader } from './service-reader.ts';

const LOOK_AGAIN_MS = 1_000;
/** For claims on their way, sweeps that close packets, and the release of what campaigns have left. */
const GRACE_MS = 90_000;
const OVER = new Set(['ended', 'cancelled']);

/**
 * Waits until every packet of the run is closed and every campaign has given back what it had left: they expire and end by
 * themselves. Gives up some time after the last of them should have; whatever is still open then, the checks will find.
 * `signal` ends the wait early.
 */
export async function awaitSettled(
  reader: ServiceReader,
  plan: Plan,
  setup: Setup,
  onProgress: Progress,
  signal?: AbortSignal,
): Promise<void> {
  const deadlineMs = lastEndMs(plan, setup) + GRACE_MS;
  let senders = setup.senders;
  let campaigns = setup.campaigns;
  const all = senders.length + campaigns.length;
  while (!signal?.aborted) {
    const [open, running] = await Promise.all([
      eachOf(senders, READS_AT_ONCE, (sender) => hasOpenPackets(reader, sender)),
      eachOf(campaigns, READS_AT_ONCE, (campaign) => isRunning(reader, campaign)),
    ]);
    senders = senders.filter((_, k) => open[k]);
    campaigns = campaigns.filter((_, k) => running[k]);
    onProgress('senders and campaigns that are settled', all - senders.length - campaigns.length, all);
    if (senders.length + campaigns.length === 0 || Date.now() > deadlineMs) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** When the last packet expires and the last campaign ends, by the target's clock, which is taken for ours: the grace covers it. */
export function lastEndMs({ startsAtMs, seconds, answerMsMax, parts }: Plan, { campaigns }: Setup): number {
  const expiries = parts.map((part) => (part.kind === 'rooms' ? part.packet.expiresInSeconds : 0));
  // A run that was stopped early has sent its last packet by now.
  const lastSendMs = Math.min(startsAtMs + seconds * 1_000, Date.now()) + answerMsMax;
  const lastPacketMs = lastSendMs + Math.max(0, ...expiries) * 1_000;
  return Math.max(lastPacketMs, Date.now(), ...campaigns.map(({ endsAtMs }) => endsAtMs));
}

async function hasOpenPackets(reader: ServiceReader, sender: FundedSender): Promise<boolean> {
  const packets = await sentPackets(reader, sender);
  return packets.some(({ state }) => state === 'armed' || state === 'open');
}

async function isRunning(
  reader: ServiceReader,
  { campaignId, marketerToken }: FundedCampaign,
): Promise<boolean> {
  const { state, held, budget, ledger } = await reader.json<CampaignReport>(
    `/campaigns/${campaignId}/report`,
    marketerToken,
  );
  return !OVER.has(state) || held !== 0 || ledger.spent + ledger.refunded !== budget;
}
