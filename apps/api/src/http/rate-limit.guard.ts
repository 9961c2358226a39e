import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { RefusalError } from '@app/contracts';
import type { SignedIn } from '../auth/auth.guard.js';
import { ApiParts } from '../parts.js';

const WINDOW_SECONDS = 10;

/** Requests by address and, once signed in, by user; in this process's memory, so N processes allow N times as many. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly byAddress: RateLimiterMemory;
  private readonly byUser: RateLimiterMemory;

  constructor({ config }: ApiParts) {
    this.byAddress = new RateLimiterMemory({
      points: config.ADDRESS_REQUESTS_PER_10_SECONDS,
      duration: WINDOW_SECONDS,
    });
    this.byUser = new RateLimiterMemory({
      points: config.USER_REQUESTS_PER_10_SECONDS,
      duration: WINDOW_SECONDS,
    });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<SignedIn>();
    // Probes and scrapes of the operator's own tools are not the public's.
    if (!request.path.startsWith('/api/')) return true;
    await consume(this.byAddress, request.ip ?? 'unknown');
    if (request.identity) await consume(this.byUser, request.identity.userId);
    return true;
  }
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    throw new RefusalError('rate_limited', { retryAfterMs: (refused as RateLimiterRes).msBeforeNext });
  }
}
