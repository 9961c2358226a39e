import type { Packet } from '../state/merge.js';

/** A campaign's packet for the specs beside this file: open from 10 s to 100 s, ten shares of which six are left. */
export function packetOf(part: Partial<Packet>): Packet {
  return {
    packetId: 'p',
    roomId: null,
    senderId: 'tenant',
    senderName: 'Brand',
    kind: 'lucky',
    amount: 1_000,
    count: 10,
    currency: 'CNY',
    greeting: '',
    state: 'armed',
    opensAt: 10_000,
    expiresAt: 100_000,
    remaining: { count: 6, amount: 600 },
    commitment: 'first',
    min: 1,
    max: 1_000,
    campaignId: 'campaign',
    dropId: 'drop',
    ...part,
  };
}
