import type { Stack } from './stack.js';

/** A damage done on purpose once all is quiet: the verdict has to name it. */
export interface Plant {
  name: string;
  /** Says what was done, to what. */
  damage(stack: Stack): Promise<string>;
}

const ONE_CLAIM =
  'SELECT packet_id::text AS "packetId", ordinal, user_id AS "userId" FROM claims ORDER BY packet_id, ordinal LIMIT 1';

interface OneClaim {
  packetId: string;
  ordinal: number;
  userId: string;
}

const plant = (name: string, what: string, sqlOf: (claim: OneClaim) => string): Plant => ({
  name,
  async damage({ pg }) {
    const { rows } = await pg.query<OneClaim>(ONE_CLAIM);
    const claim = rows[0]!;
    const client = await pg.connect();
    try {
      // Tables that can't be changed by mistake have triggers; what is planted is what a mistake past them would leave.
      await client.query(
        `SET session_replication_role = replica; ${sqlOf(claim)}; SET session_replication_role = origin`,
      );
    } finally {
      client.release(true);
    }
    return `${what} (${claim.packetId}:${claim.ordinal} of ${claim.userId})`;
  },
});

const where = ({ packetId, ordinal }: OneClaim) => `packet_id = '${packetId}' AND ordinal = ${ordinal}`;

export const PLANTS: readonly Plant[] = [
  plant('claim-removed', 'a settled claim removed', (claim) => `DELETE FROM claims WHERE ${where(claim)}`),
  plant(
    'claim-changed',
    'a settled claim changed by one fen',
    (claim) => `UPDATE claims SET amount = amount + 1 WHERE ${where(claim)}`,
  ),
  plant(
    'transfer-removed',
    'the transfer of a claim removed',
    ({ packetId, ordinal }) => `DELETE FROM transfers WHERE transfer_key = 'settle:${packetId}:${ordinal}'`,
  ),
];
