import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { RefusalError } from '@app/contracts';

/** Who asks what under which key. `body` is hashed with its keys sorted, so that order and spacing don't matter. */
export interface IdempotentCall {
  userId: string;
  call: 'packets' | 'topups' | 'tenant_topups';
  key: string;
  body: unknown;
}

/** What the first call made (`subject`, an id), and its answer where that has been stored. */
export interface EarlierAnswer {
  subject: string;
  answer: unknown;
}

/**
 * Enters the key, in the transaction that does the work. Undefined: this call is the first and must do it. A call that
 * comes at the same time waits here for the first one's COMMIT, by the primary key. A refused first call rolls back and
 * leaves no key: it changed nothing, and may be tried again. Throws `idempotency_conflict` for another body.
 */
export async function enterKey(
  manager: EntityManager,
  { userId, call, key, body }: IdempotentCall,
  subject: string,
): Promise<EarlierAnswer | undefined> {
  const bodyHash = createHash('sha256').update(stableJson(body)).digest('hex');
  const entered = await manager.query<unknown[]>(
    `INSERT INTO idempotency_keys (user_id, call, key, body_hash, subject) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING RETURNING key`,
    [userId, call, key, bodyHash, subject],
  );
  if (entered.length > 0) return undefined;
  const [earlier] = await manager.query<{ body_hash: string; subject: string; answer: unknown }[]>(
    `SELECT body_hash, subject, answer FROM idempotency_keys WHERE user_id = $1 AND call = $2 AND key = $3`,
    [userId, call, key],
  );
  if (!earlier) throw new Error('an idempotency key was entered and is gone');
  if (earlier.body_hash !== bodyHash) throw new RefusalError('idempotency_conflict');
  return { subject: earlier.subject, answer: earlier.answer };
}

/** Keeps the answer that later calls with the same key get, and gives it back: of two calls at once, the first one's. */
export async function keepAnswer<T>(
  manager: EntityManager,
  { userId, call, key }: IdempotentCall,
  answer: T,
): Promise<T> {
  const [rows] = await manager.query<[{ answer: T }[], number]>(
    `UPDATE idempotency_keys SET answer = coalesce(answer, $4) WHERE user_id = $1 AND call = $2 AND key = $3
     RETURNING answer`,
    [userId, call, key, JSON.stringify(answer)],
  );
  return rows[0]?.answer ?? answer;
}

function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
