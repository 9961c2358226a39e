import type { DataSource } from 'typeorm';
import type { Revoke, RevocationsRead, RevocationView } from '@app/contracts';

interface Row {
  kind: 'user' | 'token';
  subject: string;
  issuedBefore: Date | null;
  expiresAt: Date | null;
  revokedAt: Date;
  revokedBy: string;
}

const COLUMNS = `kind, subject, issued_before AS "issuedBefore", expires_at AS "expiresAt",
  revoked_at AS "revokedAt", revoked_by AS "revokedBy"`;

/**
 * Rows become visible in another order than that of their `revoked_at`, for that is when their statement began. It ends
 * within 20 s (STATEMENT_TIMEOUT_MS), so a look back over a minute misses none.
 */
const LOOK_BACK = `interval '1 minute'`;

/**
 * Written down for good: the same again, in another order or at once, ends in the same. Of a user the latest instant counts;
 * of two times to forget it the later, and none is the latest.
 */
export async function revoke(
  dataSource: DataSource,
  request: Revoke,
  revokedBy: string,
): Promise<RevocationView> {
  await dataSource.query(`DELETE FROM revocations WHERE expires_at < now()`);
  const [kind, subject] = 'tokenId' in request ? ['token', request.tokenId] : ['user', request.userId];
  const issuedBefore = 'userId' in request ? (request.issuedBefore ?? null) : null;
  const [row] = await dataSource.query<Row[]>(
    `INSERT INTO revocations AS old (kind, subject, issued_before, expires_at, revoked_by)
     VALUES ($1, $2, CASE WHEN $1 = 'user' THEN coalesce($3::timestamptz, now()) END, $4, $5)
     ON CONFLICT (kind, subject) DO UPDATE SET
       issued_before = greatest(old.issued_before, EXCLUDED.issued_before),
       expires_at = CASE WHEN old.expires_at IS NULL OR EXCLUDED.expires_at IS NULL THEN NULL
                         ELSE greatest(old.expires_at, EXCLUDED.expires_at) END,
       revoked_by = EXCLUDED.revoked_by, revoked_at = now()
     RETURNING ${COLUMNS}`,
    [kind, subject, issuedBefore, request.expiresAt ?? null, revokedBy],
  );
  return viewOf(row!);
}

/** All that still count, or those that came since `since`, and some before it. */
export async function readRevocations(dataSource: DataSource, since?: string): Promise<RevocationsRead> {
  const [now] = await dataSource.query<{ asOf: Date }[]>(`SELECT now() AS "asOf"`);
  const rows = await dataSource.query<Row[]>(
    `SELECT ${COLUMNS} FROM revocations
     WHERE (expires_at IS NULL OR expires_at > now()) AND revoked_at >= $1::timestamptz - ${LOOK_BACK}`,
    [since ?? '-infinity'],
  );
  return { asOf: now!.asOf.toISOString(), revocations: rows.map(viewOf) };
}

/** Newest first. */
export async function listRevocations(
  dataSource: DataSource,
  limit: number,
  offset: number,
): Promise<RevocationView[]> {
  const rows = await dataSource.query<Row[]>(
    `SELECT ${COLUMNS} FROM revocations ORDER BY revoked_at DESC, kind, subject LIMIT $1 OFFSET $2`,
    [limit, offset],
  );
  return rows.map(viewOf);
}

function viewOf({ kind, subject, issuedBefore, expiresAt, revokedAt, revokedBy }: Row): RevocationView {
  return {
    ...(kind === 'token'
      ? { tokenId: subject }
      : { userId: subject, issuedBefore: issuedBefore!.toISOString() }),
    ...(expiresAt ? { expiresAt: expiresAt.toISOString() } : {}),
    revokedAt: revokedAt.toISOString(),
    revokedBy,
  };
}
