import { blockCount, partitionOfOrdinal, PARTITIONS_MAX } from '@app/domain';
import { keys, slotOf } from './keys.js';
import { CHECKING, gateOf, makeRound, numbers, roundIn, type SpreadHost } from './packet-gates.js';
import { recheckSpread } from './redis-recheck.js';
import {
  closePartition,
  readPartition,
  retirePartition,
  scanClaims,
  type GateToPass,
  type StoredPartition,
} from './redis-partition.js';
import type {
  ArmOrder,
  Armed,
  CloseAnswer,
  PacketStore,
  PacketTerms,
  Rechecked,
  RecheckOrder,
  StoredClaim,
  StoredPacket,
} from './packet-store.js';

/** A packet that is spread, as far as its first partition knows. */
export interface Spread {
  packetId: string;
  count: number;
  partitions: number;
}

/** Packets that are spread over partitions, each seen as one. Every partition may be on another node. */
export class RedisSpreadPackets {
  constructor(private readonly host: SpreadHost) {}

  /** Undefined for a packet that is whole, or that is not here. */
  async find(packetId: string): Promise<Spread | undefined> {
    const [partitions, terms] = await this.host.client.hmget(keys.meta(packetId), 'partitions', 'terms');
    if (!partitions || !terms) return undefined;
    return { packetId, count: (JSON.parse(terms) as PacketTerms).count, partitions: Number(partitions) };
  }

  /** Of one that may have lost its first partition: every partition that can be there. */
  async findAnyway(packetId: string): Promise<{ packetId: string; partitions: number }> {
    const found = await this.find(packetId);
    if (found || (await this.host.client.exists(keys.meta(packetId))))
      return found ?? { packetId, partitions: 1 };
    const all = numbers(PARTITIONS_MAX);
    const there = await Promise.all(all.map((p) => this.host.client.exists(keys.meta(packetId, p))));
    return { packetId, partitions: there.lastIndexOf(1) + 1 || 1 };
  }

  /** Opens the partitions of a packet that are all armed, at the same instant; the first one by its Redis's clock. */
  async open({ terms, opensAtMs, expiresInMs }: ArmOrder): Promise<Armed> {
    const { packetId, partitions = 1 } = terms;
    const first = await this.openPartition(terms, 0, makeRound(), opensAtMs, expiresInMs);
    if (!first.gate || first.gate.startsWith(CHECKING))
      throw new Error(`packet ${packetId} was open before and has to be checked first`);
    const rest = numbers(partitions).slice(1);
    const lastsMs = first.expiresAtMs - first.opensAtMs;
    await Promise.all(
      rest.map((p) => this.openPartition(terms, p, roundIn(first.gate), first.opensAtMs, lastsMs)),
    );
    return { opensAtMs: first.opensAtMs, expiresAtMs: first.expiresAtMs };
  }

  private async openPartition(
    { packetId, count }: PacketTerms,
    p: number,
    round: string,
    opensAtMs: number,
    expiresInMs: number,
  ) {
    const runId = this.host.runIdOf(slotOf(packetId, p));
    if (!runId) throw new Error(`the Redis of slot ${slotOf(packetId, p)} is away`);
    const reply: [number, number, string] = await this.host.call(
      'openPartition',
      ...[keys.meta(packetId, p), keys.packetGate(packetId, p), gateOf(runId, round)],
      ...[opensAtMs, expiresInMs, blockCount(count)],
    );
    return { opensAtMs: reply[0], expiresAtMs: reply[1], gate: reply[2] };
  }

  async roundOf(packetId: string): ReturnType<PacketStore['roundOf']> {
    const [gate, known] = await Promise.all([
      this.host.client.get(keys.packetGate(packetId, 0)),
      this.host.client.exists(keys.meta(packetId)),
    ]);
    if (!known) return 'unknown';
    return !gate || gate.startsWith(CHECKING) ? 'shut' : { round: roundIn(gate) };
  }

  /** Whether every partition is open under the same round, for the Redis processes that serve them now. */
  async isOpen(packetId: string, partitions: number): Promise<boolean> {
    const all = numbers(partitions);
    const gates = await Promise.all(all.map((p) => this.host.client.get(keys.packetGate(packetId, p))));
    const round = roundIn(gates[0] ?? '');
    const wanted = all.map((p) => this.host.runIdOf(slotOf(packetId, p)));
    return gates.every((gate, p) => wanted[p] !== undefined && gate === gateOf(wanted[p], round));
  }

  /** `arming` while a partition is missing or not opened: it can't be trusted as a whole. */
  async inspect(first: StoredPartition, nowMs: number): Promise<StoredPacket> {
    const { packetId, partitions = 1 } = first.terms;
    const rest = numbers(partitions).slice(1);
    const others = await Promise.all(rest.map((p) => readPartition(this.host.client, packetId, p)));
    const parts = [first, ...others].filter((part) => part !== undefined);
    const sum = (of: (part: StoredPartition) => number) => parts.reduce((total, part) => total + of(part), 0);
    const states = new Set(parts.map(({ state }) => state));
    const whole = parts.length === partitions;
    const inOrder = ['frozen', 'arming', 'open', 'expired', 'finished'] as const;
    const state = inOrder.find((one) => states.has(one)) ?? 'arming';
    return {
      terms: first.terms,
      state: whole || state === 'frozen' ? state : 'arming',
      opensAtMs: first.opensAtMs,
      // Cut short one after the other: no claim was made after the last.
      expiresAtMs: Math.max(...parts.map(({ expiresAtMs }) => expiresAtMs)),
      remaining: {
        count: sum(({ remaining }) => remaining.count),
        amount: sum((one) => one.remaining.amount),
      },
      claimCount: sum(({ claimCount }) => claimCount),
      nowMs,
    };
  }

  /** In no order. A claim stands with its own partition; notes of it elsewhere are passed over. */
  async *claims({ packetId, count, partitions }: Spread): AsyncGenerator<StoredClaim[]> {
    for (const p of numbers(partitions)) {
      for await (const page of scanClaims(this.host.client, packetId, p))
        yield page.filter(({ ordinal }) => partitionOfOrdinal(count, partitions, ordinal) === p);
    }
  }

  async wonHere({ packetId, partitions }: Spread, userIds: readonly string[]): Promise<boolean[]> {
    const found = await Promise.all(
      numbers(partitions).map((p) => this.host.client.hmget(keys.claims(packetId, p), ...userIds)),
    );
    return userIds.map((_, k) => found.some((claims) => claims[k] !== null));
  }

  /** Each partition ends by itself; what is left is known once all have. Finished: every share of all was taken. */
  async close({ packetId, partitions }: Spread): Promise<CloseAnswer> {
    const found = await this.roundOf(packetId);
    if (typeof found !== 'object') return { state: found };
    const answers = await Promise.all(
      numbers(partitions).map(async (p): Promise<CloseAnswer> => {
        const gate = this.gateOf(packetId, p, found.round);
        if (!gate) return { state: 'shut' };
        return closePartition(this.host.call, packetId, p, gate);
      }),
    );
    for (const state of ['unknown', 'frozen', 'shut', 'arming'] as const)
      if (answers.some((answer) => answer.state === state)) return { state };
    const dueInMs = answers.flatMap((answer) => (answer.state === 'open' ? [answer.dueInMs] : []));
    if (dueInMs.length > 0) return { state: 'open', dueInMs: Math.max(...dueInMs) };
    const left = answers.flatMap((answer) => ('remaining' in answer ? [answer.remaining] : []));
    const count = left.reduce((sum, one) => sum + one.count, 0);
    const amount = left.reduce((sum, one) => sum + one.amount, 0);
    const state = answers.every((answer) => answer.state === 'finished') ? 'finished' : 'expired';
    return { state, remaining: { count, amount } };
  }

  /** Each partition by itself, the gates of all kept as long as the claims. False when one is shut; ask again. */
  async retire({ packetId, partitions }: Spread, keepSeconds: number): Promise<boolean> {
    const found = await this.roundOf(packetId);
    const round = typeof found === 'object' ? found.round : '';
    const done = await Promise.all(
      numbers(partitions).map(async (p) => {
        const gate = this.gateOf(packetId, p, round);
        return gate && retirePartition(this.host.call, packetId, p, gate, keepSeconds);
      }),
    );
    if (!done.every(Boolean)) return false;
    const gates = numbers(partitions).map((p) => keys.packetGate(packetId, p));
    await Promise.all(gates.map((gate) => this.host.client.expire(gate, keepSeconds)));
    return true;
  }

  /** Undefined while nobody serves the partition's slot. */
  private gateOf(packetId: string, p: number, round: string): GateToPass | undefined {
    const runId = this.host.runIdOf(slotOf(packetId, p));
    return runId === undefined
      ? undefined
      : { key: keys.packetGate(packetId, p), word: gateOf(runId, round) };
  }

  recheck(order: RecheckOrder): Promise<Rechecked> {
    return recheckSpread(this.host, order);
  }
}
