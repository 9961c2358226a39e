import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { GrabVerdict } from '@app/packet-store';
import { GatewayParts } from '../parts.js';
import { TokenBucket } from './token-bucket.js';

const WINDOW_MS = 10_000;
/** After so long without an event a bucket is full again, and there is nothing left to remember. */
const FORGOTTEN_AFTER_MS = WINDOW_MS;

/** What the gateway remembers of a user, over all their sockets here. */
export interface Caller {
  readonly userId: string;
  readonly own: TokenBucket;
  /** Shared with everyone who comes from the same address. */
  readonly address: TokenBucket;
  /** Rooms they were found to belong to. */
  readonly rooms: Set<string>;
  /** Packets with a grab of theirs on its way, and whoever waits for the same answer. */
  readonly inFlight: Map<string, ((verdict: GrabVerdict) => void)[]>;
}

interface Remembered<T> {
  value: T;
  usedBy: number;
  leftAtMs: number;
}

/** Users and addresses that are connected here, or were a moment ago: reconnecting gives nobody a fresh bucket. */
@Injectable()
export class Callers implements OnApplicationShutdown {
  private readonly users = new Map<string, Remembered<Omit<Caller, 'address'>>>();
  private readonly addresses = new Map<string, Remembered<TokenBucket>>();
  private readonly sweep: NodeJS.Timeout;

  constructor(private readonly parts: GatewayParts) {
    this.sweep = setInterval(() => this.forget(), FORGOTTEN_AFTER_MS);
    this.sweep.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.sweep);
  }

  /** Pair it with `leave` when the socket is gone. */
  enter(userId: string, address: string): Caller {
    const { config } = this.parts;
    const user = remember(this.users, userId, () => ({
      ...{ userId, rooms: new Set<string>(), inFlight: new Map() },
      own: new TokenBucket(config.USER_EVENTS_PER_10_SECONDS, WINDOW_MS),
    }));
    const from = remember(
      this.addresses,
      address,
      () => new TokenBucket(config.ADDRESS_EVENTS_PER_10_SECONDS, WINDOW_MS),
    );
    return { ...user, address: from };
  }

  leave(userId: string, address: string): void {
    const nowMs = performance.now();
    for (const one of [this.users.get(userId), this.addresses.get(address)]) {
      if (!one) continue;
      one.usedBy -= 1;
      one.leftAtMs = nowMs;
    }
  }

  private forget(): void {
    const beforeMs = performance.now() - FORGOTTEN_AFTER_MS;
    for (const known of [this.users, this.addresses] as Map<string, Remembered<unknown>>[])
      for (const [key, { usedBy, leftAtMs }] of known)
        if (usedBy === 0 && leftAtMs < beforeMs) known.delete(key);
  }
}

/** One event of theirs. Gives 0, or in how many milliseconds they may ask again. */
export function takeTurn({ own, address }: Caller): number {
  const nowMs = performance.now();
  return own.take(nowMs) || address.take(nowMs);
}

function remember<T>(known: Map<string, Remembered<T>>, key: string, make: () => T): T {
  let one = known.get(key);
  if (!one) {
    one = { value: make(), usedBy: 0, leftAtMs: 0 };
    known.set(key, one);
  }
  one.usedBy += 1;
  return one.value;
}
