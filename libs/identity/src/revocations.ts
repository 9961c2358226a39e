import type { Identity, RevocationView } from '@app/contracts';

type Claimed = Pick<Identity, 'userId' | 'tokenId' | 'issuedAtMs'>;

/** What operators have revoked, as far as this process has read it. Looking a token up is two look-ups in memory. */
export class Revocations {
  private readonly tokens = new Set<string>();
  /** By user: tokens issued up to this instant, epoch milliseconds, no longer count. */
  private readonly users = new Map<string, number>();
  /** Until they were read once, no token is known to be good. */
  areKnown = false;

  /** A token that does not say when it was issued may be as old as any. */
  cover({ userId, tokenId, issuedAtMs = 0 }: Claimed): boolean {
    const beforeMs = this.users.get(userId);
    // `iat` is in whole seconds: one issued later in the same second can't be told from one issued before.
    if (beforeMs !== undefined && issuedAtMs <= beforeMs) return true;
    return tokenId !== undefined && this.tokens.has(tokenId);
  }

  /** Gives those that were not known yet. */
  learn(revocations: readonly RevocationView[]): RevocationView[] {
    this.areKnown = true;
    return revocations.filter((one) => this.isNews(one));
  }

  private isNews(one: RevocationView): boolean {
    if ('tokenId' in one) {
      if (this.tokens.has(one.tokenId)) return false;
      this.tokens.add(one.tokenId);
      return true;
    }
    const beforeMs = Date.parse(one.issuedBefore);
    if ((this.users.get(one.userId) ?? -Infinity) >= beforeMs) return false;
    this.users.set(one.userId, beforeMs);
    return true;
  }
}
