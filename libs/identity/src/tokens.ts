import { jwtVerify, SignJWT, type CryptoKey, type FlattenedJWSInput, type JWTHeaderParameters } from 'jose';
import { z } from 'zod';
import {
  attributesSchema,
  RefusalError,
  textSchema,
  tokenIdSchema,
  userIdSchema,
  type DevToken,
  type Identity,
} from '@app/contracts';
import { KeySet } from './key-set.js';
import type { Revocations } from './revocations.js';

/** By the shared secret, and by the host app's public keys. A token can't move from one to the other: see `keyOf`. */
const SECRET_ALGORITHM = 'HS256';
const KEY_SET_ALGORITHMS = ['RS256', 'ES256'];
const DEV_TOKEN_LIFETIME = '24h';
const BUSY_RETRY_MS = 1_000;

/** At least one of `secret` and `jwksUrl`; what is not given is not accepted. */
export interface TokenSettings {
  secret?: string;
  jwksUrl?: string;
  /** How often the keys are fetched anew; 300 without it. */
  jwksRefreshSeconds?: number;
  issuer: string;
  audience: string;
  /** By how much the signer's clock may be off, in `exp` and `nbf`; 0 without it. */
  clockToleranceSeconds?: number;
}

export interface TokenParts {
  revocations?: Revocations;
  /** The keys could not be fetched. */
  onError?: (error: Error) => void;
}

const claimsSchema = z.object({
  sub: userIdSchema,
  name: textSchema(1, 64).optional(),
  role: z.enum(['user', 'marketer', 'operator']).default('user'),
  tenantId: userIdSchema.optional(),
  attributes: attributesSchema.optional(),
  exp: z.number(),
  iat: z.number().optional(),
  jti: tokenIdSchema.optional(),
});

/** Signs and checks the bearer tokens of HTTP and sockets: JWT; algorithm, issuer, audience and expiry as the settings say. */
export class Tokens {
  private readonly secret: Uint8Array | undefined;
  private readonly keySet: KeySet | undefined;
  private readonly algorithms: string[];

  constructor(
    private readonly settings: TokenSettings,
    private readonly parts: TokenParts = {},
  ) {
    const { secret, jwksUrl, jwksRefreshSeconds = 300 } = settings;
    const { onError } = parts;
    this.secret = secret === undefined ? undefined : new TextEncoder().encode(secret);
    this.keySet = jwksUrl
      ? new KeySet(jwksUrl, { refreshSeconds: jwksRefreshSeconds, ...(onError ? { onError } : {}) })
      : undefined;
    this.algorithms = [...(secret ? [SECRET_ALGORITHM] : []), ...(jwksUrl ? KEY_SET_ALGORITHMS : [])];
  }

  /** So that the first who come need not wait. Never throws: without keys, tokens get `busy`. */
  async fetchKeys(): Promise<void> {
    await this.keySet?.refresh();
  }

  /**
   * Throws RefusalError: `unauthorized`, whatever is wrong with the token; `busy` when it can't be known, because keys or
   * revocations were not to be had.
   */
  async verify(token: unknown): Promise<Identity> {
    const identity = await this.read(token).catch((error: unknown) => {
      throw error instanceof RefusalError ? error : new RefusalError('unauthorized');
    });
    const { revocations } = this.parts;
    if (revocations && !revocations.areKnown) throw new RefusalError('busy', { retryAfterMs: BUSY_RETRY_MS });
    if (revocations?.cover(identity)) throw new RefusalError('unauthorized');
    return identity;
  }

  /** For development tokens, robots and tests; others are the host app's. Throws when there is no secret to sign with. */
  async sign({ userId, name, role, tenantId, attributes }: DevToken): Promise<string> {
    if (!this.secret) throw new Error('JWT_SECRET is not set: no token can be signed here');
    const claims = {
      ...{ name: name ?? userId, role: role ?? 'user' },
      ...(tenantId ? { tenantId } : {}),
      ...(attributes ? { attributes } : {}),
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: SECRET_ALGORITHM })
      .setSubject(userId)
      .setIssuer(this.settings.issuer)
      .setAudience(this.settings.audience)
      .setIssuedAt()
      .setExpirationTime(DEV_TOKEN_LIFETIME)
      .sign(this.secret);
  }

  close(): void {
    this.keySet?.close();
  }

  private async read(token: unknown): Promise<Identity> {
    if (typeof token !== 'string') throw new TypeError('no token');
    const { issuer, audience, clockToleranceSeconds = 0 } = this.settings;
    const { payload } = await jwtVerify(token, (header, jws) => this.keyOf(header, jws), {
      algorithms: this.algorithms,
      issuer,
      audience,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['sub', 'exp'],
    });
    const { sub, name, role, tenantId, attributes, exp, iat, jti } = claimsSchema.parse(payload);
    return {
      userId: sub,
      name: name ?? sub,
      role,
      ...(tenantId ? { tenantId } : {}),
      ...(attributes ? { attributes } : {}),
      ...(jti ? { tokenId: jti } : {}),
      ...(iat === undefined ? {} : { issuedAtMs: iat * 1_000 }),
      expiresAtMs: (exp + clockToleranceSeconds) * 1_000,
    };
  }

  /**
   * jose has held `alg` to the settings' list before it asks. The name only chooses between the two: the secret is never
   * tried on what says RS256, nor a public key on what says HS256.
   */
  private keyOf(header: JWTHeaderParameters, jws: FlattenedJWSInput): Uint8Array | Promise<CryptoKey> {
    if (header.alg === SECRET_ALGORITHM && this.secret) return this.secret;
    if (this.keySet && KEY_SET_ALGORITHMS.includes(header.alg)) return this.keySet.find(header, jws);
    throw new TypeError('there is no key for this algorithm');
  }
}
