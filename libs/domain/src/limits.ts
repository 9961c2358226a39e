import type { SplitTerms } from './split.js';

/** Settings, in minor units and shares (feature F8). */
export interface PacketLimits {
  shareMin: number;
  shareMax: number;
  sharesMax: number;
}

export type PacketRefusal = 'too_many_shares' | 'amount_not_divisible' | 'share_out_of_range';

/** The terms of a packet, or why it can't be made. The largest share is never over the packet itself. */
export function termsOfPacket(
  packet: { kind: 'lucky' | 'fixed'; amount: number; count: number },
  limits: PacketLimits,
): { terms: SplitTerms } | { refused: PacketRefusal } {
  const { kind, amount, count } = packet;
  if (count > limits.sharesMax) return { refused: 'too_many_shares' };
  if (amount < limits.shareMin * count || amount > limits.shareMax * count)
    return { refused: 'share_out_of_range' };
  if (kind === 'fixed' && amount % count !== 0) return { refused: 'amount_not_divisible' };
  // Equal bounds make split-v1 give equal shares, so a fixed packet needs no rule of its own from here on.
  const share = amount / count;
  const bounds =
    kind === 'fixed'
      ? { min: share, max: share }
      : { min: limits.shareMin, max: Math.min(limits.shareMax, amount) };
  return { terms: { amount, count, ...bounds } };
}
