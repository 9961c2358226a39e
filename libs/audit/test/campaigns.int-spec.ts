import { randomUUID } from 'node:crypto';
import { describe, it } from 'vitest';
import { useDamagedCopy } from './damaged-copy.js';

const copy = useDamagedCopy();

describe('damage to a campaign', () => {
  it('a budget that holds one fen more than was set aside is named', async () => {
    const { campaignId } = copy.world.campaign;
    await copy.sql(
      `UPDATE accounts SET balance = balance + 1 WHERE kind = 'campaign' AND owner = $1`,
      campaignId,
    );
    await copy.expectBroken('I1', campaignId, /a campaign's budget does not add up/);
  });

  it('a budget whose transfer is gone, or came from another brand, is named', async () => {
    const { campaignId } = copy.world.campaign;
    await copy.sql(
      `UPDATE accounts SET owner = $1 WHERE kind = 'tenant' AND owner = (SELECT tenant_id::text FROM campaigns)`,
      randomUUID(),
    );
    await copy.expectBroken('I4', `reserve:${campaignId}`, /a budget of a campaign and its transfer differ/);
    await copy.sql('DELETE FROM transfers WHERE transfer_key = $1', `reserve:${campaignId}`);
    await copy.expectBroken('I4', `reserve:${campaignId}`, /a budget of a campaign without its transfer/);
  });

  it('money given back that nothing says was given back is named', async () => {
    const { campaignId } = copy.world.campaign;
    await copy.sql(
      `INSERT INTO transfers (transfer_key, kind, debit_account, credit_account, amount, currency)
       SELECT $2, 'release', credit_account, debit_account, 5, currency FROM transfers WHERE transfer_key = $1`,
      `reserve:${campaignId}`,
      `release:${campaignId}:1`,
    );
    await copy.expectBroken('I1', campaignId, /what a campaign gave back is not what moved/);
  });

  it('a campaign that is over and still holds money is named', async () => {
    const { campaignId } = copy.world.campaign;
    await copy.sql(`UPDATE campaigns SET settled_up_at = now()`);
    await copy.expectBroken('I1', campaignId, /a campaign that is over still holds money/);
  });

  it('a packet paid from a wallet instead of its campaign is named', async () => {
    const { packetId } = copy.world.campaign;
    await copy.sql(
      `UPDATE transfers SET debit_account = (SELECT account_id FROM accounts WHERE kind = 'wallet' AND owner = $2) WHERE transfer_key = $1`,
      `fund:${packetId}`,
      copy.world.senderId,
    );
    await copy.expectBroken('I1', packetId, /not funded by exactly one transfer/);
  });

  it('claims beyond each kind of cap are named', async () => {
    const { campaignId } = copy.world.campaign;
    for (const [cap, value] of Object.entries({ claims: 2, claimsPerDay: 2, amountPerDay: 2 })) {
      await copy.sql(`UPDATE campaigns SET caps = $1`, JSON.stringify({ [cap]: value }));
      await copy.expectBroken('I6', campaignId, new RegExp(`more than its cap ${cap} allows`));
    }
    await copy.sql(`UPDATE campaigns SET caps = '{"claimsPerPerson": 1, "claimsPerPersonPerDay": 3}'`);
    await copy.unconstrained('claims', 'claims_one_for_a_user');
    await copy.sql(`UPDATE claims SET user_id = 'one' WHERE packet_id = $1`, copy.world.campaign.packetId);
    await copy.expectBroken('I6', campaignId, /more than its cap claimsPerPerson allows/);
  });
});
