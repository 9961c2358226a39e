import { describe, expect, it } from 'vitest';
import { castOf, gateSchema, userIdSchema, type Gate, type Tier } from '@app/contracts';
import type { DropPlan } from '@app/ledger';
import { FIRST_OPENS_MS, GAP_MS_MAX, rehearsedDrops, tasksOf, tiersOf } from './rehearsal-plan.js';

const START_MS = Date.parse('2026-02-16T12:00:00Z');
const REHEARSAL_ID = '01960000-0000-7000-8000-0000deadbeef';
const cast = { rehearsalId: REHEARSAL_ID, sureIds: ['robot.deadbeef.1'] };
const packet = { kind: 'lucky' as const, amount: 1_000, count: 100 };

function drop(atSeconds: number, plan: Partial<DropPlan> = {}, fields: { expiresInSeconds?: number } = {}) {
  return {
    opensAt: new Date(START_MS + 3_600_000 + atSeconds * 1_000),
    ...{ announceSeconds: 60, expiresInSeconds: 3_600, amount: 1_000, ...fields },
    plan: { audience: { kind: 'everyone' as const }, packet, tiers: [], gates: [], ...plan },
  };
}
const openings = (drops: ReturnType<typeof drop>[]) =>
  rehearsedDrops(drops, cast, START_MS).drops.map(({ opensAt }) => opensAt.getTime() - START_MS);

describe('a rehearsed evening', () => {
  it('opens some eight seconds from now, in order, with short gaps, and what was together stays together', () => {
    const [first = 0, ...later] = openings([drop(0), drop(0), drop(4), drop(1_804), drop(90_000)]);
    expect(first).toBeGreaterThanOrEqual(FIRST_OPENS_MS);
    expect(first).toBeLessThan(FIRST_OPENS_MS + 1_000);
    expect(later.map((at) => at - first)).toEqual([0, 4_000, 14_000, 24_000]);
  });

  it('of 200 drops takes minutes, not half an hour', () => {
    const opens = openings(Array.from({ length: 200 }, (_, k) => drop(k * 3_600)));
    expect(new Set(opens).size).toBe(200);
    expect(opens.at(-1)! - opens[0]!).toBeLessThanOrEqual(120_000);
    expect(GAP_MS_MAX).toBe(10_000);
  });

  it('leaves time to arm millions of shares', () => {
    const [first] = openings([drop(0, { packet: { kind: 'fixed', amount: 10_000_000, count: 10_000_000 } })]);
    expect(first).toBeGreaterThan(FIRST_OPENS_MS + 40_000);
  });

  it('announces, expires, rains and is shaken for in seconds, and gives what it was to give', () => {
    const rain = { rounds: 3, roundSeconds: 60, gapSeconds: 120, catchesPerRound: 2 };
    const shake = { oddsPercent: 10, releaseSeconds: 600 };
    const planned = [
      drop(0),
      drop(60, { rain }),
      drop(120, { shake }),
      drop(180, {}, { expiresInSeconds: 11 }),
    ];
    const { drops, endsAtMs } = rehearsedDrops(planned, cast, START_MS);
    expect(drops.map((one) => one.announceSeconds)).toEqual([5, 5, 5, 5]);
    expect(drops.map((one) => one.expiresInSeconds)).toEqual([15, 15, 15, 11]);
    expect(drops[1]!.plan.rain).toEqual({ ...rain, roundSeconds: 10, gapSeconds: 3 });
    expect(drops[2]!.plan.shake).toEqual({ oddsPercent: 10, releaseSeconds: 15 });
    expect(drops.map(({ plan, amount }) => [plan.packet, amount])).toEqual(
      planned.map(({ plan, amount }) => [plan.packet, amount]),
    );
    const rainEndsMs = drops[1]!.opensAt.getTime() + 36_000;
    expect(endsAtMs).toBe(rainEndsMs + 5_000);
  });
});

describe('the audience of a rehearsal', () => {
  const ofRobots = { kind: 'segment', segment: { attributes: { rehearsal: REHEARSAL_ID } } };

  it('is its robots, whoever it was before', () => {
    const audiences: DropPlan['audience'][] = [
      { kind: 'everyone' },
      { kind: 'room', roomId: REHEARSAL_ID },
      { kind: 'list', audienceId: REHEARSAL_ID },
      { kind: 'segment', segment: { newcomerDays: 7 } },
    ];
    const { drops } = rehearsedDrops(
      audiences.map((audience) => drop(0, { audience })),
      cast,
      START_MS,
    );
    for (const { plan } of drops) expect(plan.audience).toEqual(ofRobots);
  });

  it('has its tiers by number; those who never won stay those who never won', () => {
    const tiers: Tier[] = [
      { name: 'gold', audienceId: REHEARSAL_ID, packet },
      { name: 'new', segment: { newcomerDays: 7 }, packet },
      { name: 'unlucky', neverWon: true, packet },
    ];
    const planned = [drop(0), drop(0, { tiers })];
    expect(tiersOf(planned)).toBe(3);
    expect(rehearsedDrops(planned, cast, START_MS).drops[1]!.plan.tiers).toEqual([
      { name: 'gold', segment: { attributes: { tier: 1 } }, packet },
      { name: 'new', segment: { attributes: { tier: 2 } }, packet },
      { name: 'unlucky', neverWon: true, packet },
    ]);
  });

  it('meets gates of its own: members are robots, and no task keeps its name', () => {
    const gates: Gate[] = [
      { kind: 'password', phrase: 'fu' },
      { kind: 'members', userIds: ['mei'] },
      { kind: 'task', taskId: 'follow', title: 'Follow us' },
    ];
    const { drops } = rehearsedDrops([drop(0, { gates }), drop(9, { gates })], cast, START_MS);
    expect(drops[0]!.plan.gates).toEqual([
      gates[0],
      { kind: 'members', userIds: cast.sureIds },
      { kind: 'task', taskId: `rehearsal.${REHEARSAL_ID}.follow`, title: 'Follow us' },
    ]);
    expect(tasksOf(drops)).toEqual([`rehearsal.${REHEARSAL_ID}.follow`]);
    for (const gate of drops[0]!.plan.gates) expect(() => gateSchema.parse(gate)).not.toThrow();
  });

  it('is two thirds sure in every tier, under ids that users may have', () => {
    for (let tiers = 0; tiers <= 8; tiers += 1) {
      const robots = castOf({ rehearsalId: REHEARSAL_ID, robots: 60, tiers });
      expect(new Set(robots.map(({ userId }) => userId)).size).toBe(60);
      for (const { userId } of robots) expect(userIdSchema.safeParse(userId).success).toBe(true);
      for (let tier = 0; tier <= tiers; tier += 1) {
        const own = robots.filter((robot) => robot.tier === tier);
        const sure = own.filter(({ isSure }) => isSure).length / own.length;
        expect(own.length).toBeGreaterThanOrEqual(6);
        expect(sure).toBeGreaterThan(0.55);
        expect(sure).toBeLessThanOrEqual(0.75);
      }
    }
    expect(castOf({ rehearsalId: REHEARSAL_ID, robots: 100_000, tiers: 0 })).toHaveLength(200);
  });
});
