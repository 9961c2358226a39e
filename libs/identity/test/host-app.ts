import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

export type KeyAlgorithm = 'RS256' | 'ES256';

export interface HostKey {
  kid: string;
  algorithm: KeyAlgorithm;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

/** A host app with keys of its own, that publishes what it likes of them, and may be away. */
export class HostApp {
  fetches = 0;
  published: JWK[] = [];
  /** What its endpoint answers instead of the keys. */
  fails: 'no' | 'status' | 'words' | 'redirect' = 'no';
  private constructor(private readonly server: Server) {}

  static async start(port = 0): Promise<HostApp> {
    const app: HostApp = new HostApp(
      createServer((_request, response) => {
        app.fetches += 1;
        if (app.fails === 'redirect') response.writeHead(302, { location: '/elsewhere' }).end();
        else if (app.fails === 'status') response.writeHead(500).end();
        else if (app.fails === 'words') response.end('<html>');
        else response.end(JSON.stringify({ keys: app.published }));
      }),
    );
    await new Promise<void>((resolve) => app.server.listen(port, '127.0.0.1', resolve));
    return app;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/jwks.json`;
  }

  async makeKey(kid: string, algorithm: KeyAlgorithm, publish = true): Promise<HostKey> {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' };
    if (publish) this.published.push(publicJwk);
    return { kid, algorithm, privateKey, publicJwk };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export const GOOD_CLAIMS = { iss: 'hongbao', aud: 'hongbao', sub: 'alice' };
export const secondsFromNow = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;

/** Good for an hour, but for what `claims` say otherwise. */
export function signWith(
  { kid, algorithm, privateKey }: HostKey,
  claims: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT({ ...GOOD_CLAIMS, exp: secondsFromNow(3_600), ...claims })
    .setProtectedHeader({ alg: algorithm, kid })
    .sign(privateKey);
}

export function signWithSecret(
  secret: string | Uint8Array,
  claims: Record<string, unknown> = {},
  header: { alg?: string; kid?: string; crit?: string[] } = {},
): Promise<string> {
  return new SignJWT({ ...GOOD_CLAIMS, exp: secondsFromNow(3_600), ...claims })
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(typeof secret === 'string' ? new TextEncoder().encode(secret) : secret);
}

/** As an attacker writes it: whatever header, whatever signature. */
export function forged(header: object, claims: object, signature = ''): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}
