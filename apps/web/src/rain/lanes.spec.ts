import { describe, expect, it } from 'vitest';
import type { GrabResult } from '@app/contracts';
import { packetOf } from '../drops/packet-of.js';
import { afterCatch, standingsOf } from './lanes.js';

const after = (result: GrabResult<number>) => afterCatch('p', result, 1_000);

describe('a catch', () => {
  it('that wins closes its lane, also when it was won by a try whose answer was lost', () => {
    for (const outcome of ['won', 'already'] as const) {
      expect(after({ outcome, amount: 88, ordinal: 2, currency: 'CNY' })).toEqual({
        lane: { kind: 'won', amount: 88 },
        caught: { kind: 'won', amount: 88, packetId: 'p' },
      });
    }
  });

  it('that came before its share was released is a miss, and the lane rests until then', () => {
    expect(after({ outcome: 'not_open', opensAt: 1_450 })).toEqual({
      lane: { kind: 'resting', at: 1_450 },
      caught: { kind: 'miss' },
    });
  });

  it('that finds nothing left closes its lane', () => {
    expect(after({ outcome: 'empty' })).toEqual({ lane: { kind: 'gone' }, caught: { kind: 'miss' } });
    expect(after({ outcome: 'closed' }).lane).toEqual({ kind: 'gone' });
  });

  it('that meets a gate leads back to its form and may be made again', () => {
    expect(after({ outcome: 'not_eligible', reason: 'quiz' })).toEqual({
      lane: { kind: 'resting', at: 1_000 },
      caught: { kind: 'gates', reason: 'quiz' },
    });
  });

  it('that is capped ends there, one during a pause does not', () => {
    expect(after({ outcome: 'not_eligible', reason: 'cap' })).toMatchObject({
      lane: { kind: 'gone' },
      caught: { kind: 'stopped', reason: 'cap' },
    });
    expect(after({ outcome: 'not_eligible', reason: 'paused' }).lane.kind).toBe('resting');
  });
});

it('a lane won before a reload is not to be caught again, whatever its packet says', () => {
  const lanes = [
    packetOf({ packetId: 'a', state: 'finished' }),
    packetOf({ packetId: 'b', state: 'finished' }),
  ];
  expect(standingsOf(lanes, { a: { kind: 'asking' } }, { a: 12 })).toEqual({
    a: { kind: 'won', amount: 12 },
    b: { kind: 'gone' },
  });
});
