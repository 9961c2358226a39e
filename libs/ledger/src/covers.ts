import type { EntityManager } from 'typeorm';
import { RefusalError } from '@app/contracts';

export interface CoverUse {
  /** Only a cover of this tenant will do. */
  tenantId?: string;
  /** The instant at which it must be valid; absent: now. */
  opensAt?: Date;
}

/**
 * Counts one packet that carries the cover, in the transaction that makes the packet: a packet that comes to nothing has
 * used nothing up. Of two that want the last use, the second waits for the first and is refused. Throws `cover_not_found`
 * when there is no such cover, it is another tenant's, not valid at that instant, or used up.
 */
export async function useCover(
  manager: EntityManager,
  coverId: string,
  { tenantId, opensAt }: CoverUse = {},
): Promise<void> {
  const [, used] = await manager.query<[unknown[], number]>(
    `UPDATE covers SET uses = uses + 1
     WHERE cover_id = $1 AND ($2::uuid IS NULL OR tenant_id = $2) AND (uses_max IS NULL OR uses < uses_max)
       AND (valid_from IS NULL OR valid_from <= coalesce($3::timestamptz, now()))
       AND (valid_until IS NULL OR valid_until > coalesce($3::timestamptz, now()))`,
    [coverId, tenantId ?? null, opensAt ?? null],
  );
  if (used === 0) throw new RefusalError('cover_not_found');
}
