import { exportSPKI, importJWK, type CryptoKey } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RefusalError } from '@app/contracts';
import { until } from '@app/testing';
import { forged, GOOD_CLAIMS, HostApp, secondsFromNow, signWith, signWithSecret } from '../test/host-app.js';
import { Tokens, type TokenSettings } from './tokens.js';

const unauthorized = new RefusalError('unauthorized');
const SECRET = 's'.repeat(32);
let host: HostApp;
let made: Tokens[];
let errors: Error[];
beforeEach(async () => {
  host = await HostApp.start();
  made = [];
  errors = [];
});
afterEach(async () => {
  vi.useRealTimers();
  for (const tokens of made) tokens.close();
  await host.stop();
});

function tokensOf(settings: Partial<TokenSettings> = {}): Tokens {
  const tokens = new Tokens(
    { jwksUrl: host.url, issuer: 'hongbao', audience: 'hongbao', ...settings },
    { onError: (error) => errors.push(error) },
  );
  made.push(tokens);
  return tokens;
}

/** Only the clocks of pauses stand still; the network's go on. */
function holdClocks(): void {
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] });
}

describe('a token signed with a key of the host app', () => {
  it.each(['RS256', 'ES256'] as const)('by %s is taken, and the keys are fetched once', async (algorithm) => {
    const key = await host.makeKey('k1', algorithm);
    const tokens = tokensOf();
    const [first] = await Promise.all([1, 2, 3].map(async () => tokens.verify(await signWith(key))));
    expect(first).toMatchObject({ userId: 'alice', role: 'user' });
    expect(host.fetches).toBe(1);
  });

  it.each([
    ['another issuer', { iss: 'evil' }],
    ['another audience', { aud: 'elsewhere' }],
    ['no audience', { aud: undefined }],
    ['that has run out', { exp: secondsFromNow(-1) }],
    ['that never runs out', { exp: undefined }],
    ['not valid yet', { nbf: secondsFromNow(60) }],
    ['no subject', { sub: undefined }],
  ])('of %s is refused', async (_what, claims) => {
    const key = await host.makeKey('k1', 'ES256');
    await expect(tokensOf().verify(await signWith(key, claims))).rejects.toEqual(unauthorized);
  });

  it('is refused when the key was never published, or under the id of another', async () => {
    const tokens = tokensOf();
    await host.makeKey('k1', 'ES256');
    const own = await host.makeKey('own', 'ES256', false);
    await expect(tokens.verify(await signWith(own))).rejects.toEqual(unauthorized);
    await expect(tokens.verify(await signWith({ ...own, kid: 'k1' }))).rejects.toEqual(unauthorized);
  });
});

describe('a token that changes its algorithm', () => {
  it('to HS256, signed with the public key in any of its forms, is refused', async () => {
    const { kid, publicJwk } = await host.makeKey('k1', 'RS256');
    const pem = await exportSPKI((await importJWK(publicJwk, 'RS256')) as CryptoKey);
    const secrets = [
      pem,
      pem.trim(),
      JSON.stringify(publicJwk),
      publicJwk.n!,
      Buffer.from(publicJwk.n!, 'base64url'),
    ];
    for (const tokens of [tokensOf(), tokensOf({ secret: SECRET })])
      for (const secret of secrets)
        await expect(tokens.verify(await signWithSecret(secret, {}, { kid }))).rejects.toEqual(unauthorized);
  });

  it('to none is refused, in any spelling', async () => {
    await host.makeKey('k1', 'RS256');
    const claims = { ...GOOD_CLAIMS, exp: secondsFromNow(60) };
    for (const tokens of [tokensOf(), tokensOf({ secret: SECRET })])
      for (const alg of ['none', 'None', 'NONE', '', null, 'HS512', 'PS256', 'EdDSA'])
        await expect(tokens.verify(forged({ alg, kid: 'k1' }, claims))).rejects.toEqual(unauthorized);
    expect(host.fetches).toBe(0);
  });

  it('with a key of its own in the header, or a link to one, is refused', async () => {
    await host.makeKey('k1', 'ES256');
    const own = await host.makeKey('own', 'ES256', false);
    const signature = (await signWith(own)).split('.')[2]!;
    const claims = { ...GOOD_CLAIMS, exp: secondsFromNow(60) };
    for (const header of [
      { alg: 'ES256', jwk: own.publicJwk },
      { alg: 'ES256', jku: host.url, kid: 'own' },
      { alg: 'ES256', kid: 'k1', crit: ['b64'], b64: false },
    ])
      await expect(tokensOf().verify(forged(header, claims, signature))).rejects.toEqual(unauthorized);
  });

  it('is taken by the secret where there is one, and not where only keys are', async () => {
    await host.makeKey('k1', 'ES256');
    const token = await signWithSecret(SECRET);
    expect(await tokensOf({ secret: SECRET }).verify(token)).toMatchObject({ userId: 'alice' });
    await expect(tokensOf().verify(token)).rejects.toEqual(unauthorized);
    const key = await host.makeKey('k2', 'ES256');
    const bySecret = new Tokens({ secret: SECRET, issuer: 'hongbao', audience: 'hongbao' });
    await expect(bySecret.verify(await signWith(key))).rejects.toEqual(unauthorized);
  });
});

describe('when keys rotate', () => {
  it('a new one is found when it is first used, once the last fetch is 5 s ago', async () => {
    holdClocks();
    const old = await host.makeKey('old', 'ES256');
    const tokens = tokensOf();
    await tokens.verify(await signWith(old));
    const next = await host.makeKey('next', 'RS256');
    await expect(tokens.verify(await signWith(next))).rejects.toEqual(unauthorized);
    expect(host.fetches).toBe(1);
    vi.setSystemTime(Date.now() + 5_001);
    expect(await tokens.verify(await signWith(next))).toMatchObject({ userId: 'alice' });
    expect(host.fetches).toBe(2);
  });

  it('a withdrawn one ends with the next refresh, though nobody asked for another', async () => {
    holdClocks();
    const old = await host.makeKey('old', 'ES256');
    const tokens = tokensOf({ jwksRefreshSeconds: 60 });
    const token = await signWith(old);
    await tokens.verify(token);
    host.published = [];
    await host.makeKey('next', 'ES256');
    vi.advanceTimersByTime(60_000);
    await until('the withdrawn key is refused', () =>
      tokens.verify(token).then(
        () => false,
        () => true,
      ),
    );
  });

  it('a thousand made-up key ids cost one fetch', async () => {
    holdClocks();
    const key = await host.makeKey('k1', 'ES256');
    const tokens = tokensOf();
    await tokens.fetchKeys();
    for (let k = 0; k < 1_000; k += 1)
      await expect(
        tokens.verify(forged({ alg: 'ES256', kid: `made-up-${k}` }, GOOD_CLAIMS, 'x')),
      ).rejects.toEqual(unauthorized);
    expect(host.fetches).toBe(1);
    expect(await tokens.verify(await signWith(key))).toMatchObject({ userId: 'alice' });
  });
});

describe('while the keys’ endpoint is away', () => {
  it.each(['status', 'words', 'redirect'] as const)(
    '(%s) known keys go on, unknown ones are busy',
    async (how) => {
      holdClocks();
      const key = await host.makeKey('k1', 'ES256');
      const tokens = tokensOf();
      await tokens.fetchKeys();
      host.fails = how;
      const next = await host.makeKey('next', 'ES256');
      vi.setSystemTime(Date.now() + 24 * 3_600_000);
      const claims = { exp: secondsFromNow(60) };
      expect(await tokens.verify(await signWith(key, claims))).toMatchObject({ userId: 'alice' });
      await expect(tokens.verify(await signWith(next, claims))).rejects.toMatchObject({
        code: 'busy',
        options: { retryAfterMs: 1_000 },
      });
      const { fetches } = host;
      for (let k = 0; k < 100; k += 1)
        await expect(tokens.verify(await signWith(next, claims))).rejects.toMatchObject({ code: 'busy' });
      expect(host.fetches).toBe(fetches);
      expect(errors.length).toBe(1);
      host.fails = 'no';
      vi.advanceTimersByTime(1_001);
      expect(await tokens.verify(await signWith(next, claims))).toMatchObject({ userId: 'alice' });
    },
  );

  it('from the start on, its tokens are busy; those of the secret are taken, and what can’t be good is refused', async () => {
    const port = host.port;
    const key = await host.makeKey('k1', 'ES256');
    const tokens = tokensOf({ secret: SECRET });
    await host.stop();
    await tokens.fetchKeys();
    await expect(tokens.verify(await signWith(key))).rejects.toMatchObject({ code: 'busy' });
    await expect(tokens.verify(forged({ alg: 'none' }, GOOD_CLAIMS))).rejects.toEqual(unauthorized);
    expect(await tokens.verify(await signWithSecret(SECRET))).toMatchObject({ userId: 'alice' });
    expect(errors.length).toBeGreaterThan(0);
    const { published } = host;
    host = await HostApp.start(port);
    host.published = published;
    await until('the key is fetched', async () => {
      const identity = await tokens.verify(await signWith(key)).catch(() => undefined);
      return identity?.userId === 'alice';
    });
  });
});
