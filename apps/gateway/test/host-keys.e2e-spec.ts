import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportSPKI, importJWK, type CryptoKey } from 'jose';
import { RawSocket, until } from '@app/testing';
import { HostApp, type HostKey, signWith, signWithSecret } from '../../../libs/identity/test/host-app.js';
import type { Service } from '../../launcher/src/service.js';
import { ownService, type OwnService } from '../../worker/test/own-service.js';

const ORIGIN = 'https://chat.example';
/** Small enough to be met, and large enough for what the tests before need. */
const CONNECTIONS_MAX = 200;
const REQUESTS_MAX = 250;

let host: HostApp;
let rsa: HostKey;
let ec: HostKey;
let own: OwnService;
let service: Service;
beforeAll(async () => {
  host = await HostApp.start();
  [rsa, ec] = [await host.makeKey('rsa', 'RS256'), await host.makeKey('ec', 'ES256')];
  own = await ownService('host-keys', {
    JWKS_URL: host.url,
    JWT_ISSUER: 'https://host.example',
    JWT_AUDIENCE: 'red-packets',
    ALLOWED_ORIGINS: `${ORIGIN},https://other.example`,
    ADDRESS_CONNECTIONS_PER_10_SECONDS: String(CONNECTIONS_MAX),
    ADDRESS_REQUESTS_PER_10_SECONDS: String(REQUESTS_MAX),
  });
  service = await own.start();
});
afterAll(async () => {
  await service?.stop();
  own?.remove();
  await host?.stop();
});

const claims = { iss: 'https://host.example', aud: 'red-packets' };

/** By both doors: HTTP's code or the user's id, and the handshake's. */
async function tried(token: string): Promise<{ http: string; socket: string; retryAfter: string | null }> {
  const response = await fetch(`${service.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  const body = (await response.json()) as { userId?: string; code?: string };
  const raw = await RawSocket.open(service.url);
  const { refused } = await raw.comeIn({ token });
  raw.end();
  return {
    http: body.userId ?? `${response.status} ${body.code}`,
    socket: refused ?? 'in',
    retryAfter: response.headers.get('retry-after'),
  };
}

/** What a handshake is answered with: `open`, or the word of its refusal. */
async function knock(options: { origin?: string } = {}): Promise<string> {
  return RawSocket.open(service.url, options).then(
    (raw) => {
      raw.end();
      return 'open';
    },
    (error: Error) => error.message.split('\r\n').at(-1)!,
  );
}

const IN = { http: 'alice', socket: 'in', retryAfter: null };
const OUT = { http: '401 unauthorized', socket: 'unauthorized', retryAfter: null };

describe('a service that takes tokens by the keys of a host app', () => {
  it('lets in by RS256 and ES256; not by its public key as a secret, another issuer, or what has run out', async () => {
    for (const key of [rsa, ec]) expect(await tried(await signWith(key, claims))).toEqual(IN);
    const pem = await exportSPKI((await importJWK(rsa.publicJwk, 'RS256')) as CryptoKey);
    expect(await tried(await signWithSecret(pem, claims, { kid: 'rsa' }))).toEqual(OUT);
    expect(await tried(await signWith(rsa))).toEqual(OUT);
    expect(await tried(await signWith(rsa, { ...claims, exp: 1 }))).toEqual(OUT);
    expect(await tried(await signWith({ ...ec, kid: 'rsa' }, claims))).toEqual(OUT);
  });

  it('knows keys while the host app is away, says busy of new ones, and takes those when it is back', async () => {
    const next = await host.makeKey('next', 'ES256');
    host.fails = 'status';
    const token = await signWith(next, claims);
    // Until the last fetch of each is 5 s ago the set counts as fresh, and the key as made up.
    const busy = { http: '503 busy', socket: 'busy', retryAfter: '1' };
    await until('both ask for the key', async () => isDeepStrictEqual(await tried(token), busy));
    expect(await tried(await signWith(rsa, claims))).toEqual(IN);
    expect(await tried(token)).toEqual(busy);
    host.fails = 'no';
    await until('both take it', async () => isDeepStrictEqual(await tried(token), IN));
  });

  it('still refuses a revoked token after gateway and api were killed', async () => {
    const token = await signWith(rsa, { ...claims, jti: 'lost-phone' });
    expect(await tried(token)).toEqual(IN);
    const operator = await signWith(ec, { ...claims, sub: 'op', role: 'operator' });
    const revoked = await fetch(`${service.url}/api/v1/revocations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operator}`, 'content-type': 'application/json' },
      body: JSON.stringify({ tokenId: 'lost-phone' }),
    });
    expect(revoked.status).toBe(201);
    await until('the gateway knows', async () => (await tried(token)).socket === 'unauthorized');
    const before = { ...service.pids };
    for (const name of ['gateway', 'api']) process.kill(before[name]!, 'SIGKILL');
    await until(
      'both are back',
      async () => {
        const { gateway, api } = service.pids;
        if (!gateway || !api || gateway === before.gateway || api === before.api) return false;
        return fetch(`${service.url}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        );
      },
      30_000,
    );
    expect(await tried(token)).toEqual(OUT);
    expect(await tried(await signWith(ec, claims))).toEqual(IN);
  });

  it('lets pages of the origins that it names connect and call, and no others', async () => {
    const originOf = async (origin: string) => {
      const preflight = await fetch(`${service.url}/api/v1/me`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'authorization',
        },
      });
      return [preflight.headers.get('access-control-allow-origin'), await knock({ origin })];
    };
    expect(await originOf(ORIGIN)).toEqual([ORIGIN, 'open']);
    for (const foreign of ['https://evil.example', 'null', `${ORIGIN}.evil.example`, 'http://chat.example'])
      expect(await originOf(foreign)).toEqual([null, 'origin_refused']);
  });

  // Last: they use up what the others need. Limits are by windows of 10 s, and a burst may meet two of them.
  it('stops an address that sends bad tokens or asks for development ones, whatever letters it writes', async () => {
    const asks = [
      // Another one each time: requests of one token wait in line.
      (k: number) => fetch(`${service.url}/api/v1/me`, { headers: { authorization: `Bearer a.b.c${k}` } }),
      () => fetch(`${service.url}/API/v1/me`, { headers: { accept: 'application/json' } }),
      () =>
        fetch(`${service.url}/api/v1/dev/tokens`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"userId":"flood"}',
        }),
    ];
    const statuses = await Promise.all(
      Array.from({ length: REQUESTS_MAX * 2 + 150 }, async (_, k) => (await asks[k % 3]!(k)).status),
    );
    for (const kind of [0, 1, 2]) expect(statuses.filter((_, k) => k % 3 === kind)).toContain(429);
    expect(statuses.filter((status) => ![201, 401, 429].includes(status))).toEqual([]);
    expect(statuses.filter((status) => status !== 429).length).toBeLessThanOrEqual(REQUESTS_MAX * 2);
  });

  it('stops an address that opens more connections than it may', async () => {
    const all = await Promise.all(Array.from({ length: CONNECTIONS_MAX * 2 + 50 }, () => knock()));
    const refused = all.filter((word) => word === 'rate_limited');
    expect(refused.length).toBeGreaterThanOrEqual(50);
    expect(all.filter((word) => word === 'open')).toHaveLength(all.length - refused.length);
  });
});
