import { describe, expect, it } from 'vitest';
import { checkSends } from './judge.js';
import { ClientsRecord } from './record.js';

describe('the record of a run', () => {
  it('takes a grab without an answer as unknown, and busy as no ack', () => {
    const record = new ClientsRecord();
    const first = record.asked('ann', 'p');
    expect(first).toMatchObject({ outcome: 'unknown', answeredAtMs: Infinity });
    record.answered(first, { outcome: 'busy', retryAfterMs: 100 });
    expect(record.acked).toBe(0);
    record.answered(record.asked('ann', 'p'), { outcome: 'won', ordinal: 2, amount: 30, currency: 'CNY' });
    expect(record.answers).toMatchObject([{ outcome: 'busy' }, { outcome: 'won', ordinal: 2, amount: 30 }]);
    expect(record.acked).toBe(1);
  });

  it('tells of the k-th ack at the moment in which it comes', async () => {
    const record = new ClientsRecord();
    const seen: number[] = [];
    const told = [2, 1].map((k) => record.whenAcked(k).then(() => seen.push(k)));
    for (const user of ['ann', 'ben']) record.answered(record.asked(user, 'p'), { outcome: 'empty' });
    await Promise.all(told);
    expect(seen.toSorted()).toEqual([1, 2]);
    await record.whenAcked(1);
  });

  it('shows a packet that its sender was told of and the ledger does not have', () => {
    const sent = [
      { key: 'a', amount: 5, packetId: 'known' },
      { key: 'b', amount: 5, packetId: 'gone' },
      { key: 'c', amount: 5 },
    ];
    const known = { packetId: 'known', opensAtMs: null, expiresAtMs: null, closedAtMs: null };
    expect(checkSends({ sent }, [known])).toMatchObject([{ invariant: 'I1', ids: ['gone'] }]);
    expect(checkSends({ sent: sent.slice(0, 1) }, [known])).toEqual([]);
  });
});
