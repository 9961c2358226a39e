import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import {
  RefusalError,
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

  mine({ userId }: Identity): Promise<TenantView[]> {
    return this.parts.dataSource.query(
      `SELECT t.tenant_id AS "tenantId", t.name, m.role FROM tenants t JOIN tenant_members m USING (tenant_id)
       WHERE m.user_id = $1 ORDER BY t.created_at, t.tenant_id`,
      [userId],
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

  /** The owners' rows are locked first: two owners who step down at once would leave none. */
  async setMember(caller: Identity, tenantId: string, userId: string, role: TenantRole): Promise<void> {
    await this.assertRole(caller, tenantId, ['owner']);
    await this.parts.dataSource.transaction(async (manager) => {
      const owners = await manager.query<{ userId: string }[]>(
        `SELECT user_id AS "userId" FROM tenant_members WHERE tenant_id = $1 AND role = 'owner' ORDER BY user_id FOR UPDATE`,
        [tenantId],
      );
      const others = owners.filter((owner) => owner.userId !== userId);
      if (role !== 'owner' && others.length === 0) throw new RefusalError('last_owner');
      await manager.query(
        `INSERT INTO tenant_members (tenant_id, user_id, role) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, user_id) DO UPDATE SET role = EXCLUDED.role`,
        [tenantId, userId, role],
      );
    });
  }

  async topUp(caller: Identity, tenantId: string, key: string, topup: Topup): Promise<TopupView> {
    await this.assertRole(caller, tenantId, ['owner', 'marketer']);
    assertTopupOffered(this.parts.config, topup);
    const into = { kind: 'tenant' as const, owner: tenantId };
    return (await topUp(this.parts.dataSource, caller.userId, key, topup, into)).view;
  }

  /** `held`: reserved for campaigns; nothing reserves yet. */
  async balance(caller: Identity, tenantId: string): Promise<WalletView> {
    await this.assertRole(caller, tenantId, ['owner', 'marketer', 'viewer']);
    const balances = await this.parts.dataSource.query<WalletView['balances']>(
      `SELECT currency, balance AS available, 0 AS held FROM accounts WHERE kind = 'tenant' AND owner = $1 ORDER BY currency`,
      [tenantId],
    );
    const [currency] = this.parts.config.CURRENCIES;
    return { balances: balances.length > 0 ? balances : [{ currency: currency!, available: 0, held: 0 }] };
  }

  /** The one place that asks what a person may do in a tenant. */
  async assertRole({ userId }: Identity, tenantId: string, allowed: readonly TenantRole[]): Promise<void> {
    const [member] = await this.parts.dataSource.query<{ role: TenantRole }[]>(
      `SELECT role FROM tenant_members WHERE tenant_id = $1 AND user_id = $2`,
      [tenantId, userId],
    );
    if (!member) throw new RefusalError('not_found');
    if (!allowed.includes(member.role)) throw new RefusalError('forbidden');
  }
}
