import { expect } from 'vitest';
import { partitionOfOrdinal, sharesOfPartition } from '@app/domain';
import type { ArmOrder, Grab, GrabVerdict, PacketStore, SpreadGrabs, StoredClaim } from '../src/index.js';
import { users } from './conformance.js';
import { randomOf, type Random } from './random.js';
import { makeWalker, spreadOrder, walkAll, type SpreadBench } from './spread-walkers.js';

const WALKERS = 4;
const STEPS = 24;

/**
 * One random life of a packet over partitions, with walkers at work all the time: calls that come late or whose answer is
 * lost, the same user at several walkers at once, grabs that meet no gate, and partitions whose Redis comes back empty
 * while walks are under way. At the end nothing but what was answered, what is stored and the split are compared.
 */
export async function walkAtRandom(bench: SpreadBench, seed: number): Promise<void> {
  const random = randomOf(seed);
  const partitions = 2 + random(4);
  const count = partitions * (120 + random(900)) + 1_000 * (partitions - 1);
  const order = spreadOrder({ count, partitions });
  const run = new SpreadRun(bench, random, order, `seed ${seed}`);
  await run.play(await bench.store.arm(order));
}

class SpreadRun {
  private readonly names: string[];
  private readonly walkers: SpreadGrabs[];
  private readonly told = new Map<string, GrabVerdict[]>();
  /** What the ledger has: settled before a loss, it is never to be lost. */
  private readonly ledger = new Map<number, StoredClaim>();
  private losses = 0;

  constructor(
    private readonly bench: SpreadBench,
    private readonly random: Random,
    private readonly order: ArmOrder,
    private readonly where: string,
  ) {
    this.names = users(Math.ceil(order.terms.count * 1.2));
    const store: Pick<PacketStore, 'grab' | 'roundOf'> = {
      roundOf: (packetId) => bench.store.roundOf(packetId),
      grab: async (...call) => {
        for (let k = random(6); k > 0; k -= 1) await new Promise((resolve) => setImmediate(resolve));
        const answer = await bench.store.grab(...call);
        if (random(20) === 0) throw new Error('the answer was lost');
        return answer;
      },
    };
    this.walkers = Array.from({ length: WALKERS }, () => makeWalker(store, 1 + random(60)));
  }

  async play(armed: { opensAtMs: number; expiresAtMs: number }): Promise<void> {
    const under: Promise<void>[] = [];
    for (let step = 0; step < STEPS; step += 1) {
      for (const walker of this.walkers) under.push(this.grabSome(walker));
      if (this.random(8) === 0) await this.loseOne(armed);
      else if (this.random(2) === 0) await under.shift();
    }
    await Promise.all(under);
    await this.finish();
    await this.compare();
  }

  private async grabSome(walker: SpreadGrabs): Promise<void> {
    const { random, order } = this;
    const most = Math.ceil(order.terms.count / STEPS);
    const some = Array.from({ length: most }, () => this.names[random(this.names.length)]!);
    const grabs = some.map((userId): Grab => ({ userId, mark: random(12) > 0 ? 'met' : 'unmet' }));
    const verdicts = await walkAll(walker, order.terms, grabs);
    for (const [k, verdict] of verdicts.entries()) this.hear(some[k]!, verdict);
  }

  private hear(userId: string, verdict: GrabVerdict): void {
    const all = this.told.get(userId);
    if (all) all.push(verdict);
    else this.told.set(userId, [verdict]);
  }

  /** Some of its claims had reached the ledger. The check runs while walks that began before are on their way. */
  private async loseOne(armed: { opensAtMs: number; expiresAtMs: number }): Promise<void> {
    const { bench, random, order } = this;
    const { packetId, count, partitions = 1 } = order.terms;
    const partition = random(partitions);
    const of = (ordinal: number) => partitionOfOrdinal(count, partitions, ordinal);
    for (const claim of await bench.store.claims(packetId))
      if (random(3) > 0) this.ledger.set(claim.ordinal, claim);
    await bench.lose(packetId, partition);
    this.losses += 1;
    const claimsOf = async (p: number) =>
      [...this.ledger.values()].filter(({ ordinal }) => of(ordinal) === p);
    const found = await bench.store.recheck({ ...order, ...armed, claimsOf });
    expect(found, this.where).toEqual({ is: 'mended' });
  }

  /** Everyone asks until it is known what they have. */
  private async finish(): Promise<void> {
    for (let waiting = this.names; waiting.length > 0;) {
      const walker = this.walkers[this.random(WALKERS)]!;
      const verdicts = await walkAll(walker, this.order.terms, waiting);
      for (const [k, verdict] of verdicts.entries()) this.hear(waiting[k]!, verdict);
      waiting = waiting.filter((_, k) => verdicts[k]!.outcome === 'busy');
    }
  }

  private async compare(): Promise<void> {
    const { order, where, told, ledger, losses } = this;
    const { terms, seed } = order;
    const { partitions = 1 } = terms;
    const claims = await this.bench.store.claims(terms.packetId);
    const split = new Map<number, number>();
    for (let p = 0; p < partitions; p += 1)
      for (const { ordinal, amount } of sharesOfPartition(seed, terms, partitions, p))
        split.set(ordinal, amount);
    const owners = new Map(claims.map((claim) => [claim.userId, claim]));
    expect(owners.size, `${where}: one claim a user`).toBe(claims.length);
    expect(claims, `${where}: more people than shares`).toHaveLength(terms.count);
    for (const { ordinal, amount } of claims) expect(amount, `${where}, ${ordinal}`).toBe(split.get(ordinal));
    for (const { ordinal, userId } of ledger.values())
      expect(owners.get(userId)?.ordinal, `${where}: what was settled stays`).toBe(ordinal);
    for (const [userId, verdicts] of told) {
      const owned = owners.get(userId);
      const last = verdicts.at(-1)!;
      expect('ordinal' in last ? last.ordinal : undefined, `${where}, ${userId}`).toBe(owned?.ordinal);
      if (!owned) expect(last.outcome, `${where}, ${userId}`).toBe('empty');
      const won = new Set(verdicts.flatMap((one) => ('ordinal' in one ? [one.ordinal] : [])));
      // A claim that was lost before it was settled, and only that, can be followed by another.
      if (losses === 0) expect(won.size, `${where}, ${userId}`).toBeLessThanOrEqual(1);
    }
  }
}
