import { afterEach, describe, expect, it, vi } from 'vitest';
import { RefusalError, type RevocationsRead } from '@app/contracts';
import { secondsFromNow, signWithSecret } from '../test/host-app.js';
import { RevocationWatch } from './revocation-watch.js';
import { Revocations } from './revocations.js';
import { Tokens } from './tokens.js';

const secret = 's'.repeat(32);
const by = { revokedAt: '2026-01-01T00:00:00.000Z', revokedBy: 'op' };
const iso = (seconds: number) => new Date(seconds * 1_000).toISOString();

function knowing(...list: Parameters<Revocations['learn']>[0]): Tokens {
  const revocations = new Revocations();
  revocations.learn(list);
  return new Tokens({ secret, issuer: 'hongbao', audience: 'hongbao' }, { revocations });
}

describe('a revocation', () => {
  it('of a token by its id ends that token, and no other', async () => {
    const tokens = knowing({ tokenId: 't-1', ...by });
    await expect(tokens.verify(await signWithSecret(secret, { jti: 't-1' }))).rejects.toEqual(
      new RefusalError('unauthorized'),
    );
    expect(await tokens.verify(await signWithSecret(secret, { jti: 't-2' }))).toMatchObject({
      tokenId: 't-2',
    });
    expect(await tokens.verify(await signWithSecret(secret))).not.toHaveProperty('tokenId');
  });

  it('of a user ends what was issued up to that second, or does not say when it was', async () => {
    const nowSeconds = secondsFromNow(0);
    const tokens = knowing({ userId: 'alice', issuedBefore: iso(nowSeconds + 0.7), ...by });
    const isTaken = async (claims: object) =>
      tokens.verify(await signWithSecret(secret, { ...claims })).then(
        () => true,
        () => false,
      );
    expect(await isTaken({ iat: nowSeconds - 100 })).toBe(false);
    expect(await isTaken({ iat: nowSeconds })).toBe(false);
    expect(await isTaken({})).toBe(false);
    expect(await isTaken({ iat: nowSeconds + 0.8 })).toBe(true);
    expect(await isTaken({ iat: nowSeconds + 1 })).toBe(true);
    expect(await isTaken({ iat: nowSeconds - 100, sub: 'bob' })).toBe(true);
  });

  it('of an earlier instant takes nothing back, and what is known already is no news', () => {
    const revocations = new Revocations();
    const later = { userId: 'alice', issuedBefore: iso(200), ...by };
    const earlier = { userId: 'alice', issuedBefore: iso(100), ...by };
    const token = { tokenId: 't-1', ...by };
    expect(revocations.learn([later, token])).toEqual([later, token]);
    expect(revocations.learn([earlier, later, token])).toEqual([]);
    expect(revocations.cover({ userId: 'alice', issuedAtMs: 150_000 })).toBe(true);
  });

  it('may exist as long as none were read, so tokens are busy, and bad ones still unauthorized', async () => {
    const tokens = new Tokens(
      { secret, issuer: 'hongbao', audience: 'hongbao' },
      { revocations: new Revocations() },
    );
    await expect(tokens.verify(await signWithSecret(secret))).rejects.toMatchObject({ code: 'busy' });
    await expect(tokens.verify(await signWithSecret('x'.repeat(32)))).rejects.toMatchObject({
      code: 'unauthorized',
    });
  });
});

describe('the watch of revocations', () => {
  afterEach(() => void vi.useRealTimers());

  it('asks every second since what it read last, tells news once, and goes on when a reading fails', async () => {
    vi.useFakeTimers();
    const token = { tokenId: 't-1', ...by };
    const answers: (RevocationsRead | Error)[] = [
      new Error('the api is away'),
      { asOf: iso(1), revocations: [] },
      { asOf: iso(2), revocations: [token] },
      new Error('the api is away'),
      { asOf: iso(3), revocations: [token] },
    ];
    const asked: (string | undefined)[] = [];
    const [news, failed] = [vi.fn(), vi.fn()];
    const revocations = new Revocations();
    const watch = new RevocationWatch(revocations, {
      read: async (since) => {
        const answer = answers[asked.length]!;
        asked.push(since);
        if (answer instanceof Error) throw answer;
        return answer;
      },
      onNews: news,
      onError: failed,
    });
    await watch.start();
    expect(revocations.areKnown).toBe(false);
    await vi.advanceTimersByTimeAsync(4_000);
    watch.stop();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(asked).toEqual([undefined, undefined, iso(1), iso(2), iso(2)]);
    expect(news.mock.calls).toEqual([[[token]]]);
    expect(failed).not.toHaveBeenCalled();
    expect(revocations.areKnown).toBe(true);
  });

  it('that can not be read is told from the third time in a row on', async () => {
    vi.useFakeTimers();
    const failed = vi.fn();
    let asked = 0;
    const watch = new RevocationWatch(new Revocations(), {
      // The third works, and the four after it do not.
      read: async () => {
        asked += 1;
        if (asked !== 3) throw new Error(`failure ${asked}`);
        return { asOf: iso(1), revocations: [] };
      },
      onError: failed,
    });
    await watch.start();
    await vi.advanceTimersByTimeAsync(6_000);
    watch.stop();
    expect(failed.mock.calls.map(([error]) => (error as Error).message)).toEqual(['failure 6', 'failure 7']);
  });
});
