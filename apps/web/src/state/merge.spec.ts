import { describe, expect, it } from 'vitest';
import {
  interleave,
  mergeMessages,
  mergePacket,
  missingFrom,
  withClose,
  withProgress,
  type Message,
  type Packet,
} from './merge.js';

const message = (messageId: string, at: number): Message => ({
  messageId,
  at,
  roomId: 'r',
  userId: 'u',
  name: 'U',
  text: messageId,
});

const packet: Packet = {
  packetId: 'p',
  roomId: 'r',
  senderId: 's',
  senderName: 'S',
  kind: 'lucky',
  amount: 1000,
  count: 10,
  currency: 'CNY',
  greeting: '',
  state: 'open',
  opensAt: 5,
  expiresAt: 500,
  remaining: { count: 6, amount: 600 },
  commitment: 'first',
  min: 1,
  max: 1000,
};

const closed = { packetId: 'p', state: 'finished', refunded: 0, seed: '00' } as const;

describe('mergeMessages', () => {
  it('shows a message once, in order of time', () => {
    const known = [message('a', 1), message('c', 3)];
    const merged = mergeMessages(known, [message('c', 3), message('b', 2), message('b', 2)]);
    expect(merged.map(({ messageId }) => messageId)).toEqual(['a', 'b', 'c']);
  });

  it('gives back the same list when there is nothing new', () => {
    const known = [message('a', 1)];
    expect(mergeMessages(known, [message('a', 1)])).toBe(known);
  });

  it('keeps the newest 400', () => {
    const many = Array.from({ length: 450 }, (_, n) => message(`m${n}`, n));
    const merged = mergeMessages([], many);
    expect(merged).toHaveLength(400);
    expect(merged.at(-1)?.messageId).toBe('m449');
  });
});

describe('mergePacket', () => {
  it('never opens again what is closed, and never gives shares back', () => {
    const finished = withClose(packet, closed);
    const merged = mergePacket(finished, { ...packet, remaining: { count: 3, amount: 300 } });
    expect(merged.state).toBe('finished');
    expect(merged.remaining.count).toBe(0);
    expect(mergePacket(packet, { ...packet, remaining: { count: 8, amount: 800 } }).remaining.count).toBe(6);
  });

  it('holds the split to the commitment that was seen first', () => {
    expect(mergePacket(packet, { ...packet, commitment: 'second' }).commitment).toBe('first');
  });

  it('opens what was announced', () => {
    expect(mergePacket({ ...packet, state: 'armed' }, packet).state).toBe('open');
  });

  it('keeps the best luck and the refund once told', () => {
    const bestLuck = { userId: 'u', name: 'U', amount: 400, ordinal: 2 };
    const merged = mergePacket(withClose(packet, { ...closed, refunded: 7, bestLuck }), packet);
    expect(merged).toMatchObject({ bestLuck, refunded: 7 });
  });
});

describe('news of a packet', () => {
  it('ignores progress that was overtaken', () => {
    const progress = (count: number) => ({ packetId: 'p', remaining: { count, amount: count * 100 } });
    expect(withProgress(packet, progress(7))).toBe(packet);
    expect(withProgress(packet, progress(2)).remaining.count).toBe(2);
  });

  it('leaves what nobody took standing on an expired packet', () => {
    const expired = withClose(packet, { ...closed, state: 'expired', refunded: 600 });
    expect(expired.remaining.count).toBe(6);
    expect(expired.refunded).toBe(600);
  });
});

it('interleaves messages and packets by time', () => {
  const items = interleave([message('a', 1), message('b', 9)], [{ packetId: 'p', at: 5 }]);
  expect(items.map(({ key }) => key)).toEqual(['a', 'p', 'b']);
});

describe('campaign packets', () => {
  it('keep what later news leave out, such as cover and gates', () => {
    const known = { ...packet, state: 'armed', coverUrl: '/c.webp', gates: [{ kind: 'password' }] } as const;
    const dropped = mergePacket({ ...known, gates: [...known.gates] }, packet);
    expect(dropped).toMatchObject({ state: 'open', coverUrl: '/c.webp', gates: [{ kind: 'password' }] });
  });

  it('that are no longer listed are over, or were called off before they opened', () => {
    const known = [
      { ...packet, packetId: 'still there' },
      { ...packet, packetId: 'gone', opensAt: 50 },
      { ...packet, packetId: 'called off', opensAt: 150, state: 'armed' as const },
      { ...packet, packetId: 'finished', state: 'finished' as const },
    ];
    const { calledOff, over } = missingFrom(known, [known[0]!], 100);
    expect(calledOff).toEqual(['called off']);
    expect(over.map(({ packetId }) => packetId)).toEqual(['gone']);
  });
});
