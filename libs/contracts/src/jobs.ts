/** One claim on its way from the store to the ledger. `atMs` is Redis's clock at the grab. */
export interface ClaimRecord {
  packetId: string;
  userId: string;
  ordinal: number;
  amount: number;
  atMs: number;
}

/** Queue `settlement`, job `settle-claims`: whole outbox entries, acknowledged after COMMIT. */
export interface SettleClaimsJob {
  claims: ClaimRecord[];
  entries: { slot: number; ids: string[] }[];
}

/** Queue `packets`, job `close-packet`: at expiry, or when the last share is settled. */
export interface ClosePacketJob {
  packetId: string;
}

export const QUEUES = { settlement: 'settlement', packets: 'packets' } as const;
export const JOBS = { settleClaims: 'settle-claims', closePacket: 'close-packet' } as const;
