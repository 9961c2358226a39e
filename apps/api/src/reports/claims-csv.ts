import type { Cell } from './csv.js';
import type { ClaimLine } from './claim-lines.js';

export const CLAIMS_HEADER = [
  ...['drop_id', 'packet_id', 'part', 'ordinal', 'user_id', 'name'],
  ...['amount', 'currency', 'claimed_at', 'settled_at'],
];

export async function* claimRows(pages: AsyncIterable<ClaimLine[]>): AsyncGenerator<Cell[][]> {
  for await (const page of pages) yield page.map(claimRow);
}

function claimRow(line: ClaimLine): Cell[] {
  const { dropId, packetId, part, ordinal, userId, name, amount, currency, claimedAt, settledAt } = line;
  return [dropId, packetId, part, ordinal, userId, name, amount, currency, claimedAt, settledAt];
}
