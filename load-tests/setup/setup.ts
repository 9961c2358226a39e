/**
 * What was put into the service before a run, saved beside the plan as JSON: what is needed to check the money
 * afterwards, from any process. Amounts are minor units. It holds tokens: treat the file as a secret.
 */
export interface Setup {
  version: 1;
  runId: string;
  target: string;
  currency: string;
  senders: FundedSender[];
  /** Without a crowd in the workload there is none. */
  campaigns: FundedCampaign[];
}

/** Who sends into one room. `funded`: topped up in all; the wallet was empty before. */
export interface FundedSender {
  userId: string;
  token: string;
  roomId: string;
  funded: number;
}

/** A tenant made for this run with one campaign; its own account was empty before and after scheduling. */
export interface FundedCampaign {
  tenantId: string;
  campaignId: string;
  /** Of the tenant's owner: reads the campaign, its drops, its report and its claims. */
  marketerToken: string;
  budget: number;
  dropIds: string[];
  /** Epoch milliseconds by the target's clock: from then on what was not claimed goes back to the tenant. */
  endsAtMs: number;
}
