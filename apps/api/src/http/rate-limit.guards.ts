import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { RefusalError } from '@app/contracts';
import type { SignedIn } from '../auth/auth.guard.js';
import { ApiParts } from '../parts.js';

const WINDOW_SECONDS = 10;

/** In this process's memory, so N processes allow N times as many. Before anything is looked at, bad tokens included. */
@Injectable()
export class AddressLimitGuard implements CanActivate {
  private readonly limiter: RateLimiterMemory;

  constructor({ config }: ApiParts) {
    const points = config.ADDRESS_REQUESTS_PER_10_SECONDS;
    this.limiter = new RateLimiterMemory({ points, duration: WINDOW_SECONDS });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = requestOf(context);
    if (isPublics(request)) await consume(this.limiter, request.ip ?? 'unknown');
    return true;
  }
}

/** The same by user, over all of their addresses. */
@Injectable()
export class UserLimitGuard implements CanActivate {
  private readonly limiter: RateLimiterMemory;

  constructor({ config }: ApiParts) {
    const points = config.USER_REQUESTS_PER_10_SECONDS;
    this.limiter = new RateLimiterMemory({ points, duration: WINDOW_SECONDS });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = requestOf(context);
    if (isPublics(request) && request.identity) await consume(this.limiter, request.identity.userId);
    return true;
  }
}

const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<SignedIn>();

/**
 * Probes and scrapes of the operator's own tools, and what gateways ask for themselves. Named are these and not the calls
 * that count: routes are found in any letters, and `/API/v1/me` was not counted at all (seen).
 */
const NOT_COUNTED = /^\/(healthz|readyz|metrics|internal)(\/|$)/i;
const isPublics = ({ path }: SignedIn): boolean => !NOT_COUNTED.test(path);

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    throw new RefusalError('rate_limited', { retryAfterMs: (refused as RateLimiterRes).msBeforeNext });
  }
}
