import type { CampaignState } from '@app/contracts';

/** No grab wins in these states; in a draft nothing was ever dropped. */
const STOPPED: readonly CampaignState[] = ['paused', 'ended', 'cancelled'];

export const isStopped = (state: CampaignState): boolean => STOPPED.includes(state);
