import { z } from 'zod';
import { attributesSchema, type Attributes } from './segments.js';
import { textSchema, userIdSchema } from './text.js';

export const NAME_CHARS_MAX = 64;

/** `POST /dev/tokens`, outside production only. */
export const devTokenSchema = z.strictObject({
  userId: userIdSchema,
  name: textSchema(1, NAME_CHARS_MAX).optional(),
  role: z.enum(['user', 'marketer', 'operator']).optional(),
  tenantId: userIdSchema.optional(),
  /** What segments are decided by. */
  attributes: attributesSchema.optional(),
});
export type DevToken = z.infer<typeof devTokenSchema>;

export type Role = 'user' | 'marketer' | 'operator';

/** Who a valid token speaks for. `expiresAtMs`: epoch milliseconds after which it no longer does. */
export interface Identity {
  userId: string;
  name: string;
  role: Role;
  tenantId?: string;
  attributes?: Attributes;
  /** What its signer calls the token, and when it was signed; the token may say neither. */
  tokenId?: string;
  issuedAtMs?: number;
  expiresAtMs: number;
}

export interface MeView {
  userId: string;
  name: string;
  role: Role;
  tenantId?: string;
}
