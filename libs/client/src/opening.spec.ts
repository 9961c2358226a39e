import { describe, expect, it } from 'vitest';
import { fnv1a, opensAtFor, userIdOf } from './opening.js';

const PACKETS = ['0190a1b2-0000-7000-8000-000000000001', '0190a1b2-0000-7000-8000-000000000002'] as const;
const people = Array.from({ length: 10_000 }, (_, k) => `u_${k}`);
const offsets = (packetId: string, staggerMs: number) =>
  people.map((userId) => opensAtFor({ packetId, opensAt: 0, staggerMs }, userId));

describe('the instant at which a person’s button opens', () => {
  it('is the hash that the documents name', () => {
    // Vectors of FNV-1a's authors.
    expect([fnv1a(''), fnv1a('a'), fnv1a('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
    const packet = { packetId: PACKETS[0], opensAt: 1_800_000_000_000, staggerMs: 1_000 };
    expect(opensAtFor(packet, '小明') - packet.opensAt).toBe(fnv1a(`${PACKETS[0]}:小明`) % 1_000);
  });

  it('is the packet’s own where openings are not staggered', () => {
    expect(opensAtFor({ packetId: PACKETS[0], opensAt: 5 }, 'u')).toBe(5);
    expect(opensAtFor({ packetId: PACKETS[0], opensAt: 5, staggerMs: 0 }, 'u')).toBe(5);
  });

  it('is spread evenly over the interval', () => {
    for (const staggerMs of [1_000, 1_024, 777]) {
      const tenths = Array.from({ length: 10 }, () => 0);
      for (const at of offsets(PACKETS[0], staggerMs)) tenths[Math.floor((at * 10) / staggerMs)]! += 1;
      // 1,000 expected in each; one in ten million sets of ten strays by more than 165.
      for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(165);
    }
  });

  it('is another for each packet: whoever is late for one is not late for the next', () => {
    const [first, second] = PACKETS.map((packetId) => offsets(packetId, 1_000)) as [number[], number[]];
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [m1, m2] = [mean(first), mean(second)];
    const covariance = mean(first.map((value, k) => (value - m1) * (second[k]! - m2)));
    const spread = (values: number[], m: number) => Math.sqrt(mean(values.map((value) => (value - m) ** 2)));
    expect(Math.abs(covariance / (spread(first, m1) * spread(second, m2)))).toBeLessThan(0.06);
  });
});

describe('userIdOf', () => {
  it('reads whose token it is, in any letters, and nothing from what is no token', () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect(userIdOf(`${part({ alg: 'HS256' })}.${part({ sub: '小明?>' })}.x`)).toBe('小明?>');
    expect(userIdOf('good')).toBeUndefined();
    expect(userIdOf('a.b.c')).toBeUndefined();
  });
});
