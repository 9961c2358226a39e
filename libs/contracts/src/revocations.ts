import { z } from 'zod';
import { instantSchema } from './campaigns.js';
import { userIdSchema } from './text.js';

/** The `jti` of a token: what its signer calls it. */
export const tokenIdSchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 printable characters');

/**
 * `POST /revocations`, for operators: one token by its id, or all tokens of a user that were issued before an instant
 * (now, if none is given). `expiresAt`: when those tokens have run out by themselves, and this may be forgotten; without
 * it, it is kept for ever.
 */
export const revokeSchema = z.union(
  [
    z.strictObject({ tokenId: tokenIdSchema, expiresAt: instantSchema.optional() }),
    z.strictObject({
      userId: userIdSchema,
      issuedBefore: instantSchema.optional(),
      expiresAt: instantSchema.optional(),
    }),
  ],
  'must be {tokenId, expiresAt?} or {userId, issuedBefore?, expiresAt?}',
);
export type Revoke = z.output<typeof revokeSchema>;

/** Instants are ISO 8601 UTC. */
export type RevocationView = ({ tokenId: string } | { userId: string; issuedBefore: string }) & {
  expiresAt?: string;
  revokedAt: string;
  revokedBy: string;
};

/** What a process reads of them again and again; `asOf` is the `since` of its next reading. */
export interface RevocationsRead {
  asOf: string;
  revocations: RevocationView[];
}
