import { z } from 'zod';
import { textSchema, userIdSchema, uuidSchema } from './text.js';

export const TENANT_NAME_CHARS_MAX = 64;

/** `POST /tenants`: a brand or host app. The caller becomes its owner. */
export const createTenantSchema = z.strictObject({ name: textSchema(1, TENANT_NAME_CHARS_MAX) });

/** Owners manage members; owners and marketers move money and plan; viewers look. */
export const tenantRoleSchema = z.enum(['owner', 'marketer', 'viewer']);
export type TenantRole = z.infer<typeof tenantRoleSchema>;

/** `POST /tenants/:id/members`: adds a person, or changes the role of one. */
export const setTenantMemberSchema = z.strictObject({ userId: userIdSchema, role: tenantRoleSchema });
export const tenantIdSchema = z.strictObject({ tenantId: uuidSchema });

export interface TenantView {
  tenantId: string;
  name: string;
  /** The caller's. */
  role: TenantRole;
}

export interface TenantMemberView {
  userId: string;
  name: string;
  role: TenantRole;
}
