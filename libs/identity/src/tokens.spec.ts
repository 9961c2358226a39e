import { CompactSign, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { RefusalError } from '@app/contracts';
import { secondsFromNow, signWithSecret } from '../test/host-app.js';
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

  it.each([
    ['another secret', {}, 'x'.repeat(32)],
    ['another issuer', { iss: 'evil' }],
    ['another audience', { aud: 'elsewhere' }],
    ['a time that is over', { exp: secondsFromNow(-1) }],
    ['a time that has not begun', { nbf: secondsFromNow(60) }],
    ['no end', { exp: undefined }],
    ['no subject', { sub: undefined }],
    ['a subject that would not do in keys', { sub: 'a:{b}*' }],
    ['a role that does not exist', { role: 'admin' }],
    ['an id of another form', { jti: 'a b' }],
  ])('of %s is refused', async (_what, claims, secret = settings.secret) => {
    const token = await signWithSecret(secret, claims);
    await expect(tokens.verify(token)).rejects.toEqual(new RefusalError('unauthorized'));
  });

  it('whose end is beyond all numbers is refused', async () => {
    const claims = `{"iss":"hongbao","aud":"hongbao","sub":"alice","exp":1e999}`;
    const token = await new CompactSign(new TextEncoder().encode(claims))
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(settings.secret));
    await expect(tokens.verify(token)).rejects.toEqual(new RefusalError('unauthorized'));
  });

  it.each(['HS384', 'HS512'])('by %s, with the right secret, is refused', async (alg) => {
    const token = await signWithSecret(settings.secret.repeat(2), {}, { alg });
    const wide = new Tokens({ ...settings, secret: settings.secret.repeat(2) });
    await expect(wide.verify(token)).rejects.toEqual(new RefusalError('unauthorized'));
  });

  it('is taken for as long as the clock of its signer may be off, and not longer', async () => {
    const tolerant = new Tokens({ ...settings, clockToleranceSeconds: 30 });
    const exp = secondsFromNow(-20);
    const late = await tolerant.verify(await signWithSecret(settings.secret, { exp }));
    expect(late.expiresAtMs).toBe((exp + 30) * 1_000);
    const early = await signWithSecret(settings.secret, { nbf: secondsFromNow(20) });
    expect(await tolerant.verify(early)).toMatchObject({ userId: 'alice' });
    const over = await signWithSecret(settings.secret, { exp: secondsFromNow(-31) });
    await expect(tolerant.verify(over)).rejects.toEqual(new RefusalError('unauthorized'));
  });
});
