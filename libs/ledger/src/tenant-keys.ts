import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { RefusalError, TENANT_KEYS_MAX, type TenantKeyMade, type TenantKeyView } from '@app/contracts';
import type { SeedVault } from './seed-vault.js';

const ownerOf = (keyId: string): string => `tenant-key:${keyId}`;

/**
 * Makes a key with which a tenant's host app signs its calls. The secret is given here and never again; the database has
 * it sealed. Throws `invalid_request` when the tenant has TENANT_KEYS_MAX that are not revoked.
 */
export async function createTenantKey(
  dataSource: DataSource,
  vault: SeedVault,
  tenantId: string,
  createdBy: string,
): Promise<TenantKeyMade> {
  const keyId = randomUUID();
  const secret = vault.makeSeed();
  await dataSource.transaction(async (manager) => {
    // Two at once would both see room for one more.
    await manager.query(`SELECT 1 FROM tenants WHERE tenant_id = $1 FOR UPDATE`, [tenantId]);
    const [valid] = await manager.query<{ count: number }[]>(
      `SELECT count(*) AS count FROM tenant_keys WHERE tenant_id = $1 AND revoked_at IS NULL`,
      [tenantId],
    );
    if (valid!.count >= TENANT_KEYS_MAX) {
      const message = `there are ${TENANT_KEYS_MAX} already: revoke one first`;
      throw new RefusalError('invalid_request', { issues: [{ path: 'keys', message }] });
    }
    await manager.query(
      `INSERT INTO tenant_keys (key_id, tenant_id, secret_sealed, created_by) VALUES ($1, $2, $3, $4)`,
      [keyId, tenantId, vault.seal(ownerOf(keyId), secret), createdBy],
    );
  });
  return { keyId, secret };
}

/** Newest first, the revoked ones too. */
export async function listTenantKeys(
  dataSource: DataSource,
  tenantId: string,
  limit: number,
  offset: number,
): Promise<TenantKeyView[]> {
  const rows = await dataSource.query<
    { keyId: string; createdBy: string; createdAt: Date; revokedAt: Date | null }[]
  >(
    `SELECT key_id AS "keyId", created_by AS "createdBy", created_at AS "createdAt", revoked_at AS "revokedAt"
     FROM tenant_keys WHERE tenant_id = $1 ORDER BY created_at DESC, key_id LIMIT $2 OFFSET $3`,
    [tenantId, limit, offset],
  );
  return rows.map(({ createdAt, revokedAt, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
    ...(revokedAt ? { revokedAt: revokedAt.toISOString() } : {}),
  }));
}

/** From now on nothing that it signed is taken. Once revoked, always; false: the tenant has no such key. */
export async function revokeTenantKey(
  dataSource: DataSource,
  tenantId: string,
  keyId: string,
): Promise<boolean> {
  const [, revoked] = await dataSource.query<[unknown[], number]>(
    `UPDATE tenant_keys SET revoked_at = coalesce(revoked_at, now()) WHERE tenant_id = $1 AND key_id = $2`,
    [tenantId, keyId],
  );
  return revoked > 0;
}

/** Whose key it is, and its secret; undefined when there is none, or it was revoked. */
export async function openTenantKey(
  dataSource: DataSource,
  vault: SeedVault,
  keyId: string,
): Promise<{ tenantId: string; secret: string } | undefined> {
  const [row] = await dataSource.query<{ tenantId: string; sealed: Buffer }[]>(
    `SELECT tenant_id AS "tenantId", secret_sealed AS sealed FROM tenant_keys WHERE key_id = $1 AND revoked_at IS NULL`,
    [keyId],
  );
  return row && { tenantId: row.tenantId, secret: vault.open(ownerOf(keyId), row.sealed) };
}
