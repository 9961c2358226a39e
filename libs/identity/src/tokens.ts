import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import {
  attributesSchema,
  RefusalError,
  textSchema,
  userIdSchema,
  type DevToken,
  type Identity,
} from '@app/contracts';

/** The one algorithm that is accepted: a token can't choose its own. */
const ALGORITHM = 'HS256';
const DEV_TOKEN_LIFETIME = '24h';

export interface TokenSettings {
  secret: string;
  issuer: string;
  audience: string;
}

const claimsSchema = z.object({
  sub: userIdSchema,
  name: textSchema(1, 64).optional(),
  role: z.enum(['user', 'marketer', 'operator']).default('user'),
  tenantId: userIdSchema.optional(),
  attributes: attributesSchema.optional(),
  exp: z.number(),
});

/** Signs and checks the bearer tokens of HTTP and sockets: JWT, HS256, issuer, audience and expiry required. */
export class Tokens {
  private readonly key: Uint8Array;

  constructor(private readonly settings: TokenSettings) {
    this.key = new TextEncoder().encode(settings.secret);
  }

  /** Throws RefusalError `unauthorized`, whatever is wrong with the token. */
  async verify(token: unknown): Promise<Identity> {
    try {
      if (typeof token !== 'string') throw new TypeError('no token');
      const { payload } = await jwtVerify(token, this.key, {
        algorithms: [ALGORITHM],
        issuer: this.settings.issuer,
        audience: this.settings.audience,
        requiredClaims: ['sub', 'exp'],
      });
      const { sub, name, role, tenantId, attributes, exp } = claimsSchema.parse(payload);
      return {
        userId: sub,
        name: name ?? sub,
        role,
        ...(tenantId ? { tenantId } : {}),
        ...(attributes ? { attributes } : {}),
        expiresAtMs: exp * 1000,
      };
    } catch {
      throw new RefusalError('unauthorized');
    }
  }

  /** For development tokens and tests. In production the host app signs. */
  async sign({ userId, name, role, tenantId, attributes }: DevToken) {
    const claims = {
      ...{ name: name ?? userId, role: role ?? 'user' },
      ...(tenantId ? { tenantId } : {}),
      ...(attributes ? { attributes } : {}),
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM })
      .setSubject(userId)
      .setIssuer(this.settings.issuer)
      .setAudience(this.settings.audience)
      .setIssuedAt()
      .setExpirationTime(DEV_TOKEN_LIFETIME)
      .sign(this.key);
  }
}
