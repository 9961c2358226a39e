import { z } from 'zod';

/** `POST /topups`. Amount in minor units. Provider `sandbox` succeeds at once and exists outside production only. */
export const topupSchema = z.strictObject({
  amount: z.int().min(1),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be a currency code of three capitals'),
  provider: z.enum(['sandbox']),
});
export type Topup = z.infer<typeof topupSchema>;

export interface TopupView {
  topupId: string;
  status: 'succeeded';
  amount: number;
  currency: string;
}

/** `held`: in escrow of one's own packets that are not closed. Minor units. */
export interface WalletView {
  balances: { currency: string; available: number; held: number }[];
}

export type EntryKind = 'topup' | 'packet_funded' | 'claim_settled' | 'packet_refunded';

/** One movement of a wallet: `amount` is signed, in minor units. */
export interface EntryView<At = string> {
  entryId: string;
  kind: EntryKind;
  amount: number;
  currency: string;
  packetId?: string;
  at: At;
}
