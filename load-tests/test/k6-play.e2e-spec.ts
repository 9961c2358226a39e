import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { fundedRoom, signIn, signInMany, type TestPerson } from '@app/testing';
import { countOf } from '../model/histogram.ts';
import type { CrowdPart, Plan, PlannedRoom, RoomsPart } from '../model/plan.ts';
import { Merged, type Win } from '../runner/merge.ts';
import { allTimes, totalsOf } from '../runner/series.ts';
import { runK6 } from './run-k6.ts';

const url = inject('serviceUrl');
const PLAYER = join(import.meta.dirname, '../k6/play.ts');
const SECONDS = 3;
/** From making the plan to second 0: k6 starts, people connect. */
const LEAD_MS = 6_000;
const SHARES = 3;
const LATE = 2;
const REPEATS = 1;
const SENDS = 6;
const QUIZ = { text: '包粽子用的是哪一种叶?', options: ['荷叶', '箬叶', '银杏叶'], answer: 1 };

const folder = mkdtempSync(join(tmpdir(), 'hongbao-plan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Rooms of 6 members and a watcher each, with a sender who has the money for what they send. */
async function roomsOf(people: TestPerson[]): Promise<PlannedRoom[]> {
  return Promise.all(
    [0, 8].map(async (first) => {
      const roomId = await fundedRoom(people[first]!, people.slice(first + 1, first + 8), 100_000);
      const members = [1, 2, 3, 4, 5, 6].map((place) => first + place);
      return { roomId, sender: first, members, watchers: [first + 7] };
    }),
  );
}

function roomsPart(planned: PlannedRoom[]): RoomsPart {
  return {
    ...{ kind: 'rooms', rooms: planned, latePerSend: LATE, repeatsPerSend: REPEATS },
    sends: [
      { atSecond: 0, perSecond: SENDS / 2 },
      { atSecond: 2, perSecond: SENDS / 2 },
    ],
    packet: { kind: 'lucky', shares: SHARES, amount: 300, expiresInSeconds: 60 },
    reactionMs: { min: 150, mean: 100, late: 700 },
  };
}

function planOf(people: TestPerson[], parts: Plan['parts'], storms: Plan['storms'] = []): Plan {
  return {
    ...{
      version: 1,
      runId: randomUUID(),
      workload: 'by hand',
      target: url,
      startsAtMs: Date.now() + LEAD_MS,
    },
    ...{
      seconds: SECONDS,
      tailSeconds: 2,
      connectSeconds: 2,
      settleSeconds: 1,
      answerMsMax: 1_500,
      vus: 3,
      seed: 7,
    },
    people: people.map(({ userId, token }) => ({ userId, token })),
    parts,
    storms,
  };
}

async function played(plan: Plan, segments: string[]): Promise<Merged> {
  const planFile = join(folder, `${plan.runId}.json`);
  writeFileSync(planFile, JSON.stringify(plan));
  const merged = new Merged();
  const runs = await Promise.all(
    segments.map((segment) =>
      runK6(PLAYER, { PLAN: planFile }, [
        ...[
          '--execution-segment',
          segment,
          '--execution-segment-sequence',
          `0,${segments.length === 2 ? '1/2,' : ''}1`,
        ],
      ]),
    ),
  );
  for (const { exitCode, log, lines } of runs) {
    expect(exitCode, log).toBe(0);
    for (const line of lines) merged.addText(line);
  }
  expect(merged.strange).toEqual([]);
  expect([...merged.ended].toSorted()).toEqual([1, 2, 3]);
  return merged;
}

/** By who won what: one person wins a packet at most once, and its ordinals are 1 to n. */
function expectDistinctWins(merged: Merged, shares: number): void {
  const byPacket = new Map<string, Win[]>();
  for (const win of merged.wins) byPacket.set(win[0], [...(byPacket.get(win[0]) ?? []), win]);
  for (const wins of byPacket.values()) {
    expect(new Set(wins.map(([, person]) => person)).size).toBe(wins.length);
    expect(wins.map(([, , ordinal]) => ordinal).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: Math.min(wins.length, shares) }, (_, k) => k + 1),
    );
  }
}

// Each with people and rooms of its own: side by side they take the time of one.
describe.concurrent('a plan with rooms', () => {
  it.each([
    ['one process', ['0:1']],
    ['two segments', ['0:1/2', '1/2:1']],
  ])('is played by %s: all sends, all taps, every win once and paid', async (_, segments) => {
    const people = await signInMany(url, 16, 'replay');
    const plan = planOf(people, [roomsPart(await roomsOf(people))]);
    const merged = await played(plan, segments);
    const { offered, answered, sends, sent, outcomes, errors, pushes, times } = totalsOf(merged, SECONDS);
    const inAll = SENDS * (SHARES + LATE + REPEATS);
    expect({ offered, answered, sends, sent, errors }).toEqual({
      offered: inAll,
      answered: inAll,
      sends: SENDS,
      sent: SENDS,
      errors: {},
    });
    expect(merged.wins).toHaveLength(SENDS * SHARES);
    expectDistinctWins(merged, SHARES);
    expect(merged.wins.reduce((sum, [, , , amount]) => sum + amount, 0)).toBe(SENDS * 300);
    expect(merged.unknown).toEqual([]);
    // Who comes late is by chance, and by how busy the machine is; how many there are is not.
    const { won, empty = 0, already = 0, ...others } = outcomes;
    expect({ won, tooLateOrAgain: empty + already, others }).toEqual({
      ...{ won: SENDS * SHARES, tooLateOrAgain: SENDS * (LATE + REPEATS), others: {} },
    });
    expect(Math.min(empty, already)).toBeGreaterThan(0);
    // Everyone in a room hears of its packets: 8 people of each.
    expect(pushes['packet:dropped']).toBeGreaterThanOrEqual(SENDS * 8);
    const counts = Object.fromEntries(Object.entries(times).map(([name, { count }]) => [name, count]));
    expect(counts).toEqual({
      ...{ connect: 16, push: SENDS * 8, send: SENDS, late: SENDS + inAll, settlement: SENDS * SHARES },
      ...{ 'grab.open': SENDS * SHARES, 'grab.soldOut': empty, 'grab.duplicate': already },
    });
  });
});

describe.concurrent('a plan with a crowd and a storm', () => {
  it('taps on the drop, answers the quiz rightly or not, and comes back after being cut', async () => {
    const people = await signInMany(url, 30, 'crowd');
    const planDrop = await paidCampaign();
    const startsAtMs = Date.now() + LEAD_MS;
    const { campaignId, dropId } = await planDrop(startsAtMs + 600);
    // Who connects after the opening is told of it by nobody.
    expect(Date.now(), 'the drop was planned too slowly for this machine').toBeLessThan(startsAtMs - 4_000);
    const part: CrowdPart = {
      kind: 'crowd',
      people: Array.from({ length: 27 }, (_, k) => k),
      watchers: [27, 28, 29],
      drops: [
        {
          ...{ campaignId, dropId, opensAtSecond: 0.6, quiz: { right: ['箬叶'], wrongPercent: 40 } },
          taps: [
            { atSecond: 0.7, perSecond: 27 },
            { atSecond: 2.7, perSecond: 27 },
          ],
        },
      ],
    };
    const plan = { ...planOf(people, [part], [{ atSecond: 1.5, percent: 50 }]), startsAtMs };
    const merged = await played(plan, ['0:1']);
    const totals = totalsOf(merged, SECONDS);
    const { offered, outcomes, errors, times, pushes } = totals;
    expect(offered).toBe(54);
    expect(Object.values(outcomes).reduce((a, b) => a + b, 0)).toBe(54 + (errors.not_open_retry ?? 0));
    expectDistinctWins(merged, 100);
    const { won = 0, already = 0, not_eligible: wrong = 0, unknown = 0 } = outcomes;
    // Everyone's turn came twice: who was right won once and was told so, who was wrong was told so twice.
    expect(won + already + wrong + unknown).toBe(54);
    expect(wrong).toBeGreaterThan(4);
    expect(won).toBeGreaterThan(10);
    expect(pushes['packet:dropped'], JSON.stringify(totals)).toBe(30);
    const cut = merged.total('disconnects');
    expect(cut).toBeGreaterThan(12);
    expect(cut).toBeLessThan(18);
    expect(merged.total('connects')).toBe(30 + cut);
    expect(times.reconnect?.count).toBe(cut);
    // Who is away when their money comes is not told of it later.
    const paid = countOf(allTimes(merged, 'settlement'));
    expect(paid).toBeLessThanOrEqual(won);
    expect(paid).toBeGreaterThanOrEqual(won - cut);
  });
});

/** A brand's campaign that lacks only its drop, which the returned function plans for an instant. */
async function paidCampaign(): Promise<
  (opensAtMs: number) => Promise<{ campaignId: string; dropId: string }>
> {
  const marketer = await signIn(url, 'marketer');
  const iso = (ms: number) => new Date(ms).toISOString();
  const post = async (path: string, body: unknown): Promise<Record<string, string>> => {
    const headers = {
      ...{ authorization: `Bearer ${marketer.token}`, 'content-type': 'application/json' },
      'idempotency-key': randomUUID(),
    };
    const response = await fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const text = await response.text();
    expect(response.ok, `${path}: ${text}`).toBe(true);
    return JSON.parse(text) as Record<string, string>;
  };
  const { tenantId } = await post('/tenants', { name: '五芳斋' });
  await post(`/tenants/${tenantId}/topups`, { amount: 100_000, currency: 'CNY', provider: 'sandbox' });
  const { campaignId } = await post('/campaigns', {
    ...{ tenantId, name: 'replay', currency: 'CNY', budget: 100_000 },
    ...{ startsAt: iso(Date.now() - 1_000), endsAt: iso(Date.now() + 3_600_000) },
  });
  return async (opensAtMs) => {
    const { dropId } = await post(`/campaigns/${campaignId}/drops`, {
      ...{ opensAt: iso(opensAtMs), announceSeconds: 1, audience: { kind: 'everyone' } },
      ...{
        packet: { kind: 'lucky', amount: 10_000, count: 100 },
        gates: [{ kind: 'quiz', questions: [QUIZ] }],
      },
    });
    await post(`/campaigns/${campaignId}/schedule`, {});
    return { campaignId: campaignId!, dropId: dropId! };
  };
}
