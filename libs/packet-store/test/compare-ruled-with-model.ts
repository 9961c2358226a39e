import { randomUUID } from 'node:crypto';
import type { CampaignRules, Caps } from '@app/contracts';
import { expect } from 'vitest';
import {
  MemoryPacketStore,
  packetRefOf,
  type ArmOrder,
  type CampaignStore,
  type Grab,
  type GrabAnswer,
  type PacketStore,
} from '../src/index.js';
import { orderOf, users } from './conformance.js';
import { randomOf, type Random } from './random.js';
import { campaignOrder, DAY_MS, quizOf, rulesOf } from './ruled-orders.js';

const CAMPAIGNS = 2;
const PACKETS_PER_CAMPAIGN = 3;
const STEPS = 150;
const USERS = users(24);
/** Between two shares that are released; a run is far shorter, so that both clocks always see the same number of them. */
const RELEASE_STEP_MS = 600_000;

type Store = PacketStore & CampaignStore;
interface Won {
  userId: string;
  packetId: string;
  amount: number;
  day: number;
}

/**
 * One random life of a few packets with rules, on `store` and on the model: every answer has to be the same. At its end
 * the caps are checked once more, against nothing but the claims that were answered.
 */
export async function compareRuledWithModel(store: Store, seed: number): Promise<void> {
  const run = await RuledRun.begin(store, seed);
  for (let step = 0; step < STEPS; step += 1) await run.step(`seed ${seed}, step ${step}`);
  await run.end(`seed ${seed}`);
}

class RuledRun {
  private nowMs = 0;
  /** Counts from 0; the days before it are over. */
  private day = 0;
  private readonly model = new MemoryPacketStore(() => this.nowMs);
  private readonly won: Won[] = [];
  private readonly paused = new Set<string>();

  private constructor(
    private readonly store: Store,
    private readonly random: Random,
    private readonly startedMs: number,
    private readonly orders: ArmOrder[],
  ) {}

  static async begin(store: Store, seed: number): Promise<RuledRun> {
    const [random, nowMs] = [randomOf(seed), await store.nowMs()];
    const orders: ArmOrder[] = [plainOrder(random, nowMs)];
    const lists: { campaignId: string; audienceId: string }[] = [];
    for (let c = 0; c < CAMPAIGNS; c += 1) {
      const [campaignId, caps] = [randomUUID(), capsOf(random)];
      for (let p = 0; p < PACKETS_PER_CAMPAIGN; p += 1) {
        const audienceId = random(3) === 0 ? randomUUID() : undefined;
        if (audienceId) lists.push({ campaignId, audienceId });
        orders.push(orderIn(random, nowMs, { campaignId, caps, ...(audienceId ? { audienceId } : {}) }));
      }
    }
    const run = new RuledRun(store, random, nowMs, orders);
    for (const { campaignId, audienceId } of lists) {
      const listed = USERS.filter(() => random(3) > 0);
      await run.both((one) => one.addToAudience(campaignId, audienceId, listed));
    }
    run.setDays();
    for (const order of orders) await run.both((one) => one.arm(order));
    return run;
  }

  private async both<T>(work: (store: Store) => Promise<T>): Promise<[T, T]> {
    this.nowMs = await this.store.nowMs();
    return [await work(this.store), await work(this.model)];
  }

  async step(where: string): Promise<void> {
    const { random } = this;
    const order = this.orders[random(this.orders.length)]!;
    const { packetId, rules } = order.terms;
    const campaignId = rules?.campaign?.campaignId;
    const dice = random(100);
    if (dice < 80) return this.grab(order, where);
    if (dice < 86 && campaignId) {
      // Seldom, and not for long: a paused campaign shows nothing of the other rules.
      const paused = !this.paused.delete(campaignId) && dice < 81;
      if (paused) this.paused.add(campaignId);
      await this.both((one) => one.setPaused(campaignId, paused));
    } else if (dice < 88) {
      await this.both((one) => one.cutShort(packetId));
    } else if (dice < 93) {
      await this.putBack(order, (random(5) - 1) * RELEASE_STEP_MS);
    } else if (dice < 95) {
      await this.beginDay();
    } else if (dice < 98 && campaignId) {
      await this.restore(campaignId);
    } else if (campaignId) {
      const [real, expected] = await this.both((one) => one.wonBefore(campaignId, USERS));
      expect(real, where).toEqual(expected);
    }
  }

  private async grab({ terms }: ArmOrder, where: string): Promise<void> {
    const { random } = this;
    const grabs = Array.from({ length: 1 + random(12) }, (): Grab => {
      const mark = (['met', 'met', 'met', 'met', 'unmet', 'wrong'] as const)[random(6)]!;
      return { userId: USERS[random(USERS.length)]!, mark };
    });
    const [real, expected] = await this.both((one) => one.grab(packetRefOf(terms), grabs));
    expect(real, where).toEqual(expected);
    this.record(terms.packetId, grabs, real);
  }

  private record(packetId: string, grabs: Grab[], answer: GrabAnswer): void {
    if (answer.status !== 'decided') return;
    for (const [k, decision] of answer.decisions.entries()) {
      if (decision.outcome !== 'won') continue;
      this.won.push({ userId: grabs[k]!.userId, packetId, amount: decision.amount, day: this.day });
    }
  }

  /** Put back with another opening, as if so much time had passed, or as if a clock had gone back. */
  private async putBack(order: ArmOrder, earlierMs: number): Promise<void> {
    order.opensAtMs -= earlierMs;
    await this.both(async (one) => {
      const claims = await one.claims(order.terms.packetId);
      const { terms, seed, opensAtMs, expiresInMs } = order;
      await one.rebuild({ terms, seed, claims, opensAtMs, expiresAtMs: opensAtMs + expiresInMs });
    });
  }

  private async beginDay(): Promise<void> {
    this.day += 1;
    this.setDays();
    for (const order of this.orders) await this.putBack(order, 0);
  }

  /** The last one began an hour before the run. */
  private days(): CampaignRules['days'] {
    return Array.from({ length: this.day + 1 }, (_, k) => ({
      startMs: this.startedMs - (this.day - k) * DAY_MS - 3_600_000,
      day: `d${k}`,
    }));
  }

  private setDays(): void {
    for (const { terms } of this.orders) if (terms.rules?.campaign) terms.rules.campaign.days = this.days();
  }

  private async restore(campaignId: string): Promise<void> {
    const [days, paused] = [this.days(), this.paused.has(campaignId)];
    const claims = this.claimsOf(campaignId).map(({ userId, amount, day, rules }) => ({
      ...{ userId, amount, atMs: days[day]!.startMs + 1 },
      ...(rules.onceKey === undefined ? {} : { onceKey: rules.onceKey }),
    }));
    await this.both((one) => one.restoreCampaign({ campaignId, paused, claims, days }));
  }

  private claimsOf(campaignId: string): (Won & { rules: CampaignRules })[] {
    const byPacket = new Map(this.orders.map(({ terms }) => [terms.packetId, terms.rules?.campaign]));
    return this.won.flatMap((claim) => {
      const rules = byPacket.get(claim.packetId);
      return rules?.campaignId === campaignId ? [{ ...claim, rules }] : [];
    });
  }

  async end(where: string): Promise<void> {
    for (const { terms } of this.orders) {
      const [real, expected] = await this.both((one) => one.claims(terms.packetId));
      const strip = (claims: { atMs: number }[]) => claims.map(({ atMs: _atMs, ...claim }) => claim);
      expect(strip(real), where).toEqual(strip(expected));
      const recorded = this.won.filter(({ packetId }) => packetId === terms.packetId);
      expect(recorded.map(({ userId }) => userId).toSorted(), where).toEqual(
        real.map(({ userId }) => userId).toSorted(),
      );
    }
    const ids = this.orders.flatMap(({ terms }) => terms.rules?.campaign?.campaignId ?? []);
    for (const campaignId of new Set(ids)) this.checkCaps(campaignId, where);
  }

  private checkCaps(campaignId: string, where: string): void {
    const claims = this.claimsOf(campaignId);
    if (claims.length === 0) return;
    const { caps } = claims[0]!.rules;
    const most = (
      keyOf: (claim: (typeof claims)[number]) => string | undefined,
      of: (claim: Won) => number = () => 1,
    ) => {
      const sums = new Map<string, number>();
      for (const claim of claims) {
        const key = keyOf(claim);
        if (key !== undefined) sums.set(key, (sums.get(key) ?? 0) + of(claim));
      }
      return Math.max(0, ...sums.values());
    };
    const held = (reached: number, cap = Infinity) => expect(reached, where).toBeLessThanOrEqual(cap);
    held(claims.length, caps.claims);
    held(
      most(({ userId }) => userId),
      caps.claimsPerPerson,
    );
    held(
      most(({ userId, day }) => `${userId} ${day}`),
      caps.claimsPerPersonPerDay,
    );
    held(
      most(({ day }) => `${day}`),
      caps.claimsPerDay,
    );
    held(
      most(
        ({ day }) => `${day}`,
        ({ amount }) => amount,
      ),
      caps.amountPerDay,
    );
    held(
      most(({ userId, rules }) => rules.onceKey && `${userId} ${rules.onceKey}`),
      1,
    );
  }
}

/** Each cap is there in one run of two. */
function capsOf(random: Random): Caps {
  const some = <K extends keyof Caps>(name: K, cap: number) => (random(2) === 0 ? { [name]: cap } : {});
  return {
    ...some('claimsPerPerson', 1 + random(3)),
    ...some('claimsPerPersonPerDay', 1 + random(2)),
    ...some('claims', 5 + random(60)),
    ...some('claimsPerDay', 3 + random(30)),
    ...some('amountPerDay', 100 + random(4_000)),
  };
}

function orderIn(random: Random, nowMs: number, rules: Partial<CampaignRules>): ArmOrder {
  const count = 1 + random(40);
  const released = random(4);
  const release = random(3) === 0 ? { releaseMs: count * RELEASE_STEP_MS } : {};
  const order = campaignOrder(
    {
      ...rules,
      ...release,
      ...(random(3) === 0 ? { onceKey: 'evening' } : {}),
      ...(random(4) === 0 ? { tier: { neverWon: true } } : {}),
    },
    {
      count,
      amount: count * 100,
      min: 1,
      max: count * 100,
      gates: random(2) === 0 ? [quizOf(1 + random(3))] : [],
    },
    // In the middle between two releases.
    { opensAtMs: nowMs - (released + 0.5) * RELEASE_STEP_MS, expiresInMs: 10 * DAY_MS },
  );
  return order;
}

function plainOrder(random: Random, nowMs: number): ArmOrder {
  const rules = rulesOf([quizOf(1 + random(2))]);
  return orderOf({ count: 12, amount: 600, rules }, { opensAtMs: nowMs - 1_000, expiresInMs: 10 * DAY_MS });
}
