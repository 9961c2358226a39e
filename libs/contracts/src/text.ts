import { z } from 'zod';

/** Ids made by host apps: safe in keys, logs and URLs. No `:`, braces, spaces or control characters. */
export const userIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.@-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ . @ -');

/** Ids that we make. */
export const uuidSchema = z
  .string()
  .regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    'must be an id given by this service',
  );

/** Text that people typed: stored as typed, so it must be storable (no NUL) and whole (no lone surrogate). */
export function textSchema(minLength: number, maxLength: number) {
  return z
    .string()
    .min(minLength)
    .max(maxLength)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be well-formed text without NUL')
    .refine((text) => minLength === 0 || text.trim().length > 0, 'must not be blank');
}

export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 printable characters');
