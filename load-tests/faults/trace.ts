import type { Broken } from '@app/audit';
import { keys } from '@app/packet-store';
import type { Answer, ClientsRecord } from './record.js';
import type { Stack } from './stack.js';

/** Of each line of the verdict so many things are traced, the first ones. */
const TRACED_MAX = 2;
const ANSWERS_MAX = 40;
const TRANSFERS_MAX = 5;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** The least that shows what is broken: for each packet and user named, all they asked and heard, and both stores' word. */
export async function traceOf(
  stack: Stack,
  record: ClientsRecord,
  broken: readonly Broken[],
): Promise<string[]> {
  const lines: string[] = [];
  for (const { invariant, ids, detail } of broken) {
    lines.push(`  broken ${invariant}: ${detail}`);
    for (const id of ids.filter((one) => UUID.test(one)).slice(0, TRACED_MAX)) {
      lines.push(`    ${id}`);
      const traced = await traceOne(stack, record, id).catch((error: Error) => [
        `no trace: ${error.message}`,
      ]);
      lines.push(...traced.map((line) => `      ${line}`));
    }
  }
  return lines;
}

/** `id`: a packet, with the user or the ordinal of a claim behind a colon. */
async function traceOne(stack: Stack, record: ClientsRecord, id: string): Promise<string[]> {
  const [packetId = '', which] = id.split(':');
  const { rows: packets } = await stack.pg.query(
    `SELECT state, amount, count, claimed_count, claimed_amount, refunded, frozen_reason, opens_at, expires_at, closed_at
     FROM packets WHERE packet_id = $1`,
    [packetId],
  );
  const lines = [`Postgres: ${JSON.stringify(packets[0] ?? 'no such packet')}`];
  const meta = await stack.redis.hgetall(keys.meta(packetId));
  delete meta.terms;
  const [left, claims] = [
    await stack.redis.llen(keys.shares(packetId)),
    await stack.redis.hgetall(keys.claims(packetId)),
  ];
  lines.push(`Redis: ${JSON.stringify(meta)}, ${left} shares left, ${Object.keys(claims).length} claims`);
  if (which === undefined) return lines;
  const users = usersOf(which, packetId, record.answers, claims);
  for (const userId of users) {
    const { rows } = await stack.pg.query(
      `SELECT ordinal, user_id, amount, claimed_at FROM claims WHERE packet_id = $1 AND (user_id = $2 OR ordinal::text = $3)`,
      [packetId, userId, which],
    );
    lines.push(`${userId}: in Redis ${claims[userId] ?? 'nothing'}; in Postgres ${JSON.stringify(rows)}`);
    const asked = record.answers.filter((one) => one.packetId === packetId && one.userId === userId);
    for (const answer of asked.slice(0, ANSWERS_MAX)) lines.push(`  ${describe(answer)}`);
  }
  const { rows: moved } = await stack.pg.query(
    `SELECT transfer_key, kind, amount, created_at FROM transfers WHERE packet_id = $1 AND ($2 = '' OR transfer_key LIKE '%:' || $2)`,
    [packetId, /^\d+$/.test(which) ? which : ''],
  );
  lines.push(...moved.slice(0, TRANSFERS_MAX).map((row) => `transfer ${JSON.stringify(row)}`));
  return lines;
}

function usersOf(
  which: string,
  packetId: string,
  answers: readonly Answer[],
  claims: Readonly<Record<string, string>>,
): string[] {
  if (!/^\d+$/.test(which)) return [which];
  const told = answers.filter((one) => one.packetId === packetId && one.ordinal === Number(which));
  const stored = Object.entries(claims).filter(([, claim]) => claim.startsWith(`${which}:`));
  return [...new Set([...told.map(({ userId }) => userId), ...stored.map(([userId]) => userId)])];
}

function describe({ n, askedAtMs, answeredAtMs, outcome, ordinal, amount, reason, code }: Answer): string {
  const share = ordinal === undefined ? '' : ` ordinal ${ordinal} over ${amount}`;
  const after = answeredAtMs === Infinity ? 'never answered' : `after ${answeredAtMs - askedAtMs} ms`;
  return `#${n} asked ${new Date(askedAtMs).toISOString()}, ${after}: ${code ?? outcome}${share}${reason ? ` (${reason})` : ''}`;
}
