import { z } from 'zod';
import { taskIdSchema } from './gates.js';
import { userIdSchema, uuidSchema } from './text.js';

/** Keys of one tenant that are not revoked. */
export const TENANT_KEYS_MAX = 20;
export const tenantKeySchema = z.strictObject({ tenantId: uuidSchema, keyId: uuidSchema });

/** `POST /tenants/:id/keys`. `secret`, 64 hex characters, is shown this once. */
export interface TenantKeyMade {
  keyId: string;
  secret: string;
}

export interface TenantKeyView {
  keyId: string;
  createdBy: string;
  createdAt: string;
  revokedAt?: string;
}

/** How far a signed call's time may lie from ours. */
export const SIGNATURE_SECONDS_MAX = 300;
export const TASK_USERS_PER_CALL_MAX = 1_000;

export const taskParamSchema = z.strictObject({ taskId: taskIdSchema });
/** `POST /tasks/:taskId/completions`: the host app vouches that these users did it. */
export const completeTaskSchema = z.strictObject({
  userIds: z.array(userIdSchema).min(1).max(TASK_USERS_PER_CALL_MAX),
});

/**
 * The text whose HMAC-SHA256 under the key's secret (its characters as they are) is `X-Hongbao-Signature`, in hex.
 * `timestamp` as in `X-Hongbao-Timestamp`: epoch seconds. `path` as called, without a query. `bodyHash`: hex SHA-256 of
 * the body's bytes.
 */
export function textToSign(timestamp: string, method: string, path: string, bodyHash: string): string {
  return `${timestamp}\n${method}\n${path}\n${bodyHash}`;
}
