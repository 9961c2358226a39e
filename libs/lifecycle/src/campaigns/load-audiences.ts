import { findAudience, readAudience, readTaskUsers, type PacketEntity } from '@app/ledger';
import { taskIdsOf } from '@app/eligibility';
import type { CampaignParts } from './parts.js';

type Parts = Pick<CampaignParts, 'dataSource' | 'store'>;

/** Puts where the grab script reads it who is on the packet's list, and who has done its tasks. What is there stays. */
export async function loadAudiences(parts: Parts, packet: PacketEntity): Promise<void> {
  const { dataSource, store } = parts;
  const { rules, senderId: tenantId } = packet;
  if (!rules?.campaign) return;
  const { campaignId, audience, audienceId } = rules.campaign;
  const lists = new Set([audienceId, audience.kind === 'list' ? audience.audienceId : undefined]);
  for (const id of lists) if (id) await loadListOnce(parts, campaignId, id);
  for (const taskId of taskIdsOf(rules)) {
    for await (const userIds of readTaskUsers(dataSource, tenantId, taskId)) {
      await store.markTaskDone(tenantId, taskId, userIds);
    }
  }
}

/** Loads under way in this process: drops of one campaign fall due together, and a list may have a million ids. */
const underWay = new Map<string, Promise<void>>();

function loadListOnce(parts: Parts, campaignId: string, audienceId: string): Promise<void> {
  const key = `${campaignId} ${audienceId}`;
  const running = underWay.get(key);
  if (running) return running;
  const loading = loadList(parts, campaignId, audienceId).finally(() => underWay.delete(key));
  underWay.set(key, loading);
  return loading;
}

/** Adding an id twice is harmless, so a load that broke off is begun again. */
async function loadList({ dataSource, store }: Parts, campaignId: string, audienceId: string): Promise<void> {
  const audience = await findAudience(dataSource, audienceId);
  if (!audience) throw new Error(`list ${audienceId} of campaign ${campaignId} is gone`);
  if ((await store.audienceSize(campaignId, audienceId)) >= audience.count) return;
  for await (const userIds of readAudience(dataSource, audienceId)) {
    await store.addToAudience(campaignId, audienceId, userIds);
  }
}
