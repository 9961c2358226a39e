import { describe, expect, it } from 'vitest';
import { capsSchema, createDropSchema, sendPacketSchema } from '@app/contracts';
import { termsOfPacket } from '@app/domain';
import type { Shape } from '../model/workload.ts';
import { requestOf } from './campaigns.ts';
import { sizeOf } from './size.ts';
import { verdicts } from '../verdicts/index.ts';
import { workloads } from '../workloads/index.ts';

const LIST = '0190a1b2-0000-7000-8000-000000000001';
/** The service's own defaults. */
const ROOM = { shareMin: 1, shareMax: 20_000, sharesMax: 100 };
const CAMPAIGN = { ...ROOM, sharesMax: 10_000_000 };

function expectToRise(shape: Shape): void {
  const ats = shape.map(({ at }) => at);
  expect(ats.length).toBeGreaterThan(1);
  expect(ats).toEqual([...new Set(ats)].toSorted((a, b) => a - b));
  expect(ats[0]).toBeGreaterThanOrEqual(0);
  expect(ats.at(-1)).toBeLessThanOrEqual(1);
  expect(shape.every(({ perSecond }) => perSecond >= 0)).toBe(true);
}

it('there are twelve workloads, each under its own name', () => {
  expect(Object.keys(workloads)).toEqual([
    ...['smoke', 'steady', 'spike', 'soak', 'breakpoint', 'reconnect-storm', 'campaign-evening', 'rain'],
    ...[2014, 2015, 2016, 2017].map((year) => `spring-festival-${year}`),
  ]);
  for (const [name, workload] of Object.entries(workloads)) expect(workload.name).toBe(name);
});

describe.each(Object.values(workloads))('$name', (workload) => {
  const size = sizeOf(workload, {});

  it('has a verdict, and every threshold says why', () => {
    const verdict = verdicts[workload.verdict];
    expect(verdict?.name).toBe(workload.verdict);
    for (const { because, atMost, atLeast } of verdict!.thresholds) {
      expect(because).not.toBe('');
      expect([atMost, atLeast].filter((bound) => bound !== undefined)).toHaveLength(1);
    }
  });

  it('has curves that go forward', () => {
    if (workload.rooms) expectToRise(workload.rooms.sends);
    for (const drop of workload.crowd?.drops ?? []) expectToRise(drop.taps);
    const opens = (workload.crowd?.drops ?? []).map(({ at }) => at);
    expect(opens).toEqual(opens.toSorted((a, b) => a - b));
  });

  it('sends packets that the service takes, into rooms with people enough', () => {
    for (const { packet, members, latePerSend } of size.rooms) {
      const { kind, shares: count, amount, expiresInSeconds } = packet;
      const request = { roomId: LIST, currency: 'CNY', kind, count, amount, expiresInSeconds };
      expect(sendPacketSchema.safeParse(request).error).toBeUndefined();
      expect(termsOfPacket({ kind, count, amount }, ROOM)).toHaveProperty('terms');
      expect(members).toBeGreaterThanOrEqual(count + latePerSend);
    }
  });

  it('plans drops that the service takes', () => {
    for (const drop of size.crowd?.drops ?? []) {
      const request = requestOf(drop, LIST, Date.now());
      expect(createDropSchema.safeParse(request).error).toBeUndefined();
      expect(termsOfPacket(drop.packet, CAMPAIGN)).toHaveProperty('terms');
      const caps = capsSchema.safeParse({ claimsPerPerson: drop.claimsPerPerson });
      expect(caps.error).toBeUndefined();
      expect(drop.taps[0]!.atSecond).toBeGreaterThanOrEqual(drop.atSecond - drop.announceSeconds);
    }
  });

  it('is of a size that one small machine holds', () => {
    expect(size.sockets).toBeLessThanOrEqual(2_500);
    expect(size.vus).toBeLessThanOrEqual(64);
  });
});
