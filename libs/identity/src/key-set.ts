import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FlattenedJWSInput,
  type JWTHeaderParameters,
  type CryptoKey,
  type RemoteJWKSet,
} from 'jose';
import { RefusalError } from '@app/contracts';

const FETCH_MS_MAX = 3_000;
/** A key that is not known makes the set be fetched again, at most this often: anyone can make up key ids. */
const FETCH_PAUSE_MS = 5_000;
/** The same after a fetch that failed, where whoever waits is told to come back. */
const FAILED_PAUSE_MS = 1_000;

export interface KeySetOptions {
  refreshSeconds: number;
  /** The set could not be fetched; the keys known before go on. */
  onError?: (error: Error) => void;
}

/**
 * The host app's public keys, from its JWKS. jose fetches, chooses by `kid` and `alg`, and keeps; what is added: keys never
 * go stale by age alone, so an endpoint that is away signs nobody out, and the set is fetched anew while nobody asks, so
 * that a withdrawn key ends.
 */
export class KeySet {
  private readonly keys: RemoteJWKSet;
  private readonly timer: NodeJS.Timeout;
  private failedAtMs = -Infinity;

  constructor(
    url: string,
    private readonly options: KeySetOptions,
  ) {
    this.keys = createRemoteJWKSet(new URL(url), {
      timeoutDuration: FETCH_MS_MAX,
      cooldownDuration: FETCH_PAUSE_MS,
      cacheMaxAge: Infinity,
      [customFetch]: (...call) => this.fetch(...call),
    });
    this.timer = setInterval(() => void this.refresh(), options.refreshSeconds * 1_000);
    this.timer.unref();
  }

  /** The key of a token. Throws RefusalError `busy` when it could not be fetched: whether the token is good is not known. */
  async find(header: JWTHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    try {
      return await this.keys(header, token);
    } catch (error) {
      // Of a set that is known and fresh enough: the token is at fault.
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
        throw error;
      this.failed(error as Error);
      throw new RefusalError('busy', {
        detail: 'The keys that tokens are checked with can’t be reached right now.',
        retryAfterMs: FAILED_PAUSE_MS,
      });
    }
  }

  /** Never throws. */
  async refresh(): Promise<void> {
    await this.keys.reload().catch((error: Error) => this.failed(error));
  }

  close(): void {
    clearInterval(this.timer);
  }

  private failed(error: Error): void {
    if (error instanceof PausedError) return;
    this.failedAtMs = performance.now();
    this.options.onError?.(error);
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    if (performance.now() - this.failedAtMs < FAILED_PAUSE_MS) throw new PausedError();
    return fetch(url, init);
  }
}

class PausedError extends Error {
  constructor() {
    super('the keys could not be fetched a moment ago');
  }
}
