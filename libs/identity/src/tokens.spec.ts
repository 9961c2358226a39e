import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { RefusalError } from '@app/contracts';
import { Tokens } from './tokens.js';

const settings = { secret: 's'.repeat(32), issuer: 'hongbao', audience: 'hongbao' };
const tokens = new Tokens(settings);

/** As a host app signs it, with whatever it says of the person. */
function signedBy(secret: string, claims: Record<string, unknown>): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('alice')
    .setIssuer(settings.issuer)
    .setAudience(settings.audience)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
}

describe('a token', () => {
  it('carries what the host app says of a person', async () => {
    const attributes = { city: '杭州', level: 3, vip: true, joinedAt: '2026-11-01T00:00:00Z' };
    const who = { userId: 'alice', role: 'marketer' as const, tenantId: 'brand', attributes };
    expect(await tokens.verify(await tokens.sign(who))).toMatchObject({ ...who, name: 'alice' });
  });

  it('without attributes says nothing of them', async () => {
    expect(await tokens.verify(await tokens.sign({ userId: 'alice' }))).not.toHaveProperty('attributes');
  });

  it.each([
    { attributes: 'vip' },
    { attributes: ['vip'] },
    { attributes: { level: { min: 1 } } },
    { attributes: { level: null } },
    { attributes: { 'a b': 1 } },
    { attributes: { city: 'x'.repeat(65) } },
    { attributes: Object.fromEntries(Array.from({ length: 17 }, (_, k) => [`a${k}`, k])) },
  ])('with %j is refused', async (claims) => {
    const token = await signedBy(settings.secret, claims);
    await expect(tokens.verify(token)).rejects.toEqual(new RefusalError('unauthorized'));
  });
});
