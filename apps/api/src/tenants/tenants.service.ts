import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import {
  RefusalError,
  uuidSchema,
  type Identity,
  type TenantMemberView,
  type TenantRole,
  type TenantView,
  type Topup,
  type TopupView,
  type WalletView,
} from '@app/contracts';
import { topUp } from '@app/ledger';
import { ApiParts } from '../parts.js';
import { assertTopupOffered } from '../wallet/topup-rules.js';

/** Brands and host apps. To people outside, a tenant is `not_found`; to a member whose role does not reach, `forbidden`. */
@Injectable()
export class TenantsService {
  constructor(private readonly parts: ApiParts) {}

  async create({ userId }: Identity, name: string): Promise<{ tenantId: string }> {
    const tenantId = uuidv7();
    await this.parts.dataSource.transaction(async (manager) => {
      const tenant = `INSERT INTO tenants (tenant_id, name, created_by) VALUES ($1, $2, $3)`;
      await manager.query(tenant, [tenantId, name, userId]);
      const owner = `INSERT INTO tenant_members (tenant_id, user_id, role) VALUES ($1, $2, 'owner')`;
      await manager.query(owner, [tenantId, userId]);
    });
    return { tenantId };
  }

  /** With the tenant for which the host app signed the caller's token, as `assertRole` says. */
  mine(caller: Identity): Promise<TenantView[]> {
    return this.parts.dataSource.query(
      `SELECT t.tenant_id AS "tenantId", t.name,
         CASE WHEN t.tenant_id = $2::uuid AND coalesce(m.role, 'viewer') = 'viewer' THEN 'marketer' ELSE m.role END AS role
       FROM tenants t LEFT JOIN tenant_members m ON m.tenant_id = t.tenant_id AND m.user_id = $1
       WHERE t.tenant_id IN (SELECT tenant_id FROM tenant_members WHERE user_id = $1 UNION SELECT $2::uuid)
       ORDER BY t.created_at, t.tenant_id`,
      [caller.userId, tenantOfMarketer(caller) ?? null],
    );
  }

  async members(caller: Identity, tenantId: string): Promise<TenantMemberView[]> {
    await this.assertRole(caller, tenantId, ['owner', 'marketer', 'viewer']);
    return this.parts.dataSource.query(
      `SELECT m.user_id AS "userId", coalesce(u.name, m.user_id) AS name, m.role
       FROM tenant_members m LEFT JOIN users u USING (user_id) WHERE m.tenant_id = $1 ORDER BY m.added_at, m.user_id`,
      [tenantId],
    );
  }

  async setMember(caller: Identity, tenantId: string, userId: string, role: TenantRole): Promise<void> {
    await this.assertRole(caller, tenantId, ['owner']);
    await this.parts.dataSource.transaction(async (manager) => {
      if (role !== 'owner') await assertAnotherOwner(manager, tenantId, userId);
      await manager.query(
        `INSERT INTO tenant_members (tenant_id, user_id, role) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, user_id) DO UPDATE SET role = EXCLUDED.role`,
        [tenantId, userId, role],
      );
    });
  }

  async removeMember(caller: Identity, tenantId: string, userId: string): Promise<void> {
    await this.assertRole(caller, tenantId, ['owner']);
    await this.parts.dataSource.transaction(async (manager) => {
      await assertAnotherOwner(manager, tenantId, userId);
      const [, removed] = await manager.query<[unknown[], number]>(
        `DELETE FROM tenant_members WHERE tenant_id = $1 AND user_id = $2`,
        [tenantId, userId],
      );
      if (removed === 0) throw new RefusalError('not_found');
    });
  }

  async topUp(caller: Identity, tenantId: string, key: string, topup: Topup): Promise<TopupView> {
    await this.assertRole(caller, tenantId, ['owner', 'marketer']);
    assertTopupOffered(this.parts.config, topup);
    const into = { kind: 'tenant' as const, owner: tenantId };
    return (await topUp(this.parts.dataSource, caller.userId, key, topup, into)).view;
  }

  /** `held`: with the tenant's campaigns, spent on no drop yet or in escrow of one. Play money of rehearsals is not theirs. */
  async balance(caller: Identity, tenantId: string): Promise<WalletView> {
    await this.assertRole(caller, tenantId, ['owner', 'marketer', 'viewer']);
    const balances = await this.parts.dataSource.query<WalletView['balances']>(
      `WITH own AS (SELECT campaign_id FROM campaigns WHERE tenant_id = $1 AND rehearsal_of IS NULL)
       SELECT currency, sum(available)::bigint AS available, sum(held)::bigint AS held FROM (
         SELECT currency, balance AS available, 0 AS held FROM accounts WHERE kind = 'tenant' AND owner = $1::uuid::text
         UNION ALL
         SELECT a.currency, 0, a.balance FROM own JOIN accounts a ON a.kind = 'campaign' AND a.owner = own.campaign_id::text
         UNION ALL
         SELECT a.currency, 0, a.balance FROM own JOIN packets p USING (campaign_id)
           JOIN accounts a ON a.kind = 'escrow' AND a.owner = p.packet_id::text WHERE p.closed_at IS NULL
       ) sums GROUP BY currency ORDER BY currency`,
      [tenantId],
    );
    const [currency] = this.parts.config.CURRENCIES;
    return { balances: balances.length > 0 ? balances : [{ currency: currency!, available: 0, held: 0 }] };
  }

  /**
   * Which tenant the caller acts for, with an allowed role: the given one, else the one that the token names, else the
   * only one in which the caller has such a role. Throws as `assertRole`, or `invalid_request` on `tenantId`.
   */
  async tenantOfCaller(
    caller: Identity,
    given: string | undefined,
    allowed: readonly TenantRole[],
  ): Promise<string> {
    const named = given ?? caller.tenantId;
    if (named !== undefined) {
      await this.assertRole(caller, named, allowed);
      return named;
    }
    const found = await this.parts.dataSource.query<{ tenantId: string }[]>(
      `SELECT tenant_id AS "tenantId" FROM tenant_members WHERE user_id = $1 AND role = ANY($2::text[]) LIMIT 2`,
      [caller.userId, allowed],
    );
    if (found.length === 1) return found[0]!.tenantId;
    const message = 'must be given: the caller does not act for exactly one tenant';
    throw new RefusalError('invalid_request', { issues: [{ path: 'tenantId', message }] });
  }

  /** Before a body is read that names its tenant inside: nobody sends one who could act for no tenant at all. */
  async assertRoleSomewhere(caller: Identity, allowed: readonly TenantRole[]): Promise<void> {
    const roles = (await this.mine(caller)).map(({ role }) => role);
    if (roles.length === 0) throw new RefusalError('not_found');
    if (!roles.some((role) => allowed.includes(role))) throw new RefusalError('forbidden');
  }

  /**
   * The one place that asks what a person may do in a tenant. Its members say so; and a token that the host app signed
   * with the role marketer and this tenant counts as a marketer of it too, for the host app owns its users and need not
   * enter each of them here. Throws `not_found` for people outside, `forbidden` for those whose role does not reach.
   */
  async assertRole(caller: Identity, tenantId: string, allowed: readonly TenantRole[]): Promise<void> {
    const held = await this.rolesOf(caller, tenantId);
    if (held.length === 0) throw new RefusalError('not_found');
    if (!held.some((role) => allowed.includes(role))) throw new RefusalError('forbidden');
  }

  /** Whether the caller has any role in the tenant, as `assertRole` tells. */
  async isMember(caller: Identity, tenantId: string): Promise<boolean> {
    return (await this.rolesOf(caller, tenantId)).length > 0;
  }

  private async rolesOf(caller: Identity, tenantId: string): Promise<TenantRole[]> {
    // A token may name a tenant of the host app's own making, which is none of ours.
    if (!uuidSchema.safeParse(tenantId).success) return [];
    const [tenant] = await this.parts.dataSource.query<{ role: TenantRole | null }[]>(
      `SELECT m.role FROM tenants t LEFT JOIN tenant_members m ON m.tenant_id = t.tenant_id AND m.user_id = $2
       WHERE t.tenant_id = $1`,
      [tenantId, caller.userId],
    );
    const roles: TenantRole[] = [];
    if (tenant?.role) roles.push(tenant.role);
    if (tenant && tenantOfMarketer(caller) === tenantId) roles.push('marketer');
    return roles;
  }
}

/** The tenant that the token makes its bearer a marketer of. */
function tenantOfMarketer({ role, tenantId }: Identity): string | undefined {
  return role === 'marketer' && uuidSchema.safeParse(tenantId).success ? tenantId : undefined;
}

/** The owners' rows are locked first: two owners who step down at once would leave none. */
async function assertAnotherOwner(manager: EntityManager, tenantId: string, userId: string): Promise<void> {
  const owners = await manager.query<{ userId: string }[]>(
    `SELECT user_id AS "userId" FROM tenant_members WHERE tenant_id = $1 AND role = 'owner' ORDER BY user_id FOR UPDATE`,
    [tenantId],
  );
  if (owners.every((owner) => owner.userId === userId)) throw new RefusalError('last_owner');
}
