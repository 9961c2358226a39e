import { audit, type AckedWin, type Broken, type OtherAnswer } from '@app/audit';
import { checkRecord, type PacketFacts, type SettledFact } from './check-record.js';
import type { Answer, ClientsRecord } from './record.js';
import type { Stack } from './stack.js';

export interface Verdict {
  broken: Broken[];
  /** Acked wins that were looked for in the ledger. */
  winsChecked: number;
}

const PACKETS = `
SELECT packet_id::text AS "packetId", (extract(epoch FROM opens_at) * 1000)::float8 AS "opensAtMs",
  (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAtMs", (extract(epoch FROM closed_at) * 1000)::float8 AS "closedAtMs"
FROM packets`;
const CLAIMS = `SELECT packet_id::text AS "packetId", user_id AS "userId", ordinal, amount::float8 FROM claims`;

/** I1 to I9 from three sides: the clients' record, Redis and Postgres. All is quiet, so nothing has a grace. */
export async function judge(
  { pg, redis, settings }: Stack,
  record: ClientsRecord,
  lost: { wins: readonly AckedWin[]; atMs: number },
): Promise<Verdict> {
  const isLost = new Set(lost.wins.map(nameOf));
  const lostAtMs = new Map(lost.wins.map(({ packetId }) => [packetId, lost.atMs]));
  const ackedWins = record.answers.filter(isWin).filter((win) => !isLost.has(nameOf(win)));
  const refused: OtherAnswer[] = record.answers.filter(
    ({ packetId, outcome, askedAtMs }) =>
      outcome !== 'won' && outcome !== 'already' && !(askedAtMs <= (lostAtMs.get(packetId) ?? -Infinity)),
  );
  const report = await audit(
    { pg, money: redis, queue: redis, seedKey: settings.SEED_KEY!, ackedWins, refused },
    { graceMs: 0 },
  );
  const [packets, claims] = await Promise.all([
    pg.query<PacketFacts>(PACKETS),
    pg.query<SettledFact>(CLAIMS),
  ]);
  const ofRecord = checkRecord({
    ...{ answers: record.answers, packets: packets.rows, claims: claims.rows, lostAtMs, lostWins: isLost },
  });
  return {
    broken: [...report.broken, ...ofRecord, ...checkSends(record, packets.rows)],
    winsChecked: ackedWins.length,
  };
}

/** A sender who was told of a packet has it, once; under a key that nobody answered there is one or none. */
export function checkSends({ sent }: Pick<ClientsRecord, 'sent'>, packets: readonly PacketFacts[]): Broken[] {
  const known = new Set(packets.map(({ packetId }) => packetId));
  const ids = sent.flatMap(({ packetId }) => (packetId && !known.has(packetId) ? [packetId] : []));
  return ids.length === 0 ? [] : [{ invariant: 'I1', ids, detail: 'sent, and not in the ledger' }];
}

const isWin = (answer: Answer): answer is Answer & AckedWin => answer.outcome === 'won';
const nameOf = ({ packetId, userId }: { packetId: string; userId: string }) => `${packetId}:${userId}`;
