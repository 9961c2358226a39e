import type { DataSource, EntityManager } from 'typeorm';
import { CampaignDropEntity, CampaignEntity } from './entities/campaign.entity.js';
import { fillEscrow, insertPacket, type NewPacket } from './insert-packet.js';

/**
 * Makes the packets of a planned drop and moves their money from the campaign's account into their escrows, once: the
 * row of the drop says that it was done, and (drop, part) is unique. Returns false, and does nothing, when it was done
 * before or the campaign does not go on right now. `make` gets both rows as they are under their locks.
 */
export async function fundDrop(
  dataSource: DataSource,
  dropId: string,
  make: (campaign: CampaignEntity, drop: CampaignDropEntity, manager: EntityManager) => Promise<NewPacket[]>,
): Promise<boolean> {
  return dataSource.transaction(async (manager) => {
    const { campaignId } = await manager.findOneByOrFail(CampaignDropEntity, { dropId });
    // The campaign first, as pausing and cancelling lock it: either they see the packets, or no packet is made.
    const lock = { mode: 'pessimistic_read' as const };
    const campaign = await manager.findOneOrFail(CampaignEntity, { where: { campaignId }, lock });
    const write = { mode: 'pessimistic_write' as const };
    const drop = await manager.findOneOrFail(CampaignDropEntity, { where: { dropId }, lock: write });
    if (drop.fundedAt || drop.state !== 'planned') return false;
    if (campaign.state !== 'scheduled' && campaign.state !== 'running') return false;
    const packets = await make(campaign, drop, manager);
    const total = packets.reduce((sum, packet) => sum + packet.terms.amount, 0);
    if (total !== drop.amount)
      throw new Error(`the packets of drop ${dropId} sum to ${total}, not ${drop.amount}`);
    const [debited] = await manager.query<[{ account_id: number }[], number]>(
      `UPDATE accounts SET balance = balance - $2
       WHERE kind = 'campaign' AND owner = $1 AND balance >= $2 RETURNING account_id`,
      [campaignId, total],
    );
    const account = debited[0];
    if (!account) throw new Error(`campaign ${campaignId} holds less than drop ${dropId} gives: ${total}`);
    for (const packet of packets) {
      const { packetId, currency, terms } = packet;
      const { amount } = terms;
      await insertPacket(manager, packet);
      await fillEscrow(manager, { packetId, currency, amount, debitAccount: account.account_id });
    }
    await manager.query(`UPDATE campaign_drops SET funded_at = now() WHERE drop_id = $1`, [dropId]);
    return true;
  });
}
