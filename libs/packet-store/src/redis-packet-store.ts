import { isCluster, type Redis } from '@app/redis';
import { blockCount, sizeOfPartition, splitBlock } from '@app/domain';
import { readGrabReply } from './grab-reply.js';
import { keys, slotOf, slotOfKey } from './keys.js';
import { ruleFieldsOf } from './packet-rules.js';
import { chunksOf, RedisCampaignStore } from './redis-campaign-store.js';
import { gateOf, numbers } from './packet-gates.js';
import {
  closePartition,
  forgetPartition,
  markDry,
  putBack,
  readPartition,
  retirePartition,
  scanClaims,
} from './redis-partition.js';
import { RedisSlotGates } from './redis-slot-gates.js';
import { RedisSpreadPackets } from './redis-spread-packets.js';
import { ReplicaAcks } from './replica-acks.js';
import { RunIds, type Home } from './run-ids.js';
import { loadScript, SCRIPT_NAMES, type ScriptName } from './scripts.js';
import type {
  ArmOrder,
  Armed,
  CloseAnswer,
  GatedStore,
  Grab,
  GrabAnswer,
  PacketRef,
  RebuildOrder,
  Rechecked,
  RecheckOrder,
  StoredClaim,
  StoredPacket,
} from './packet-store.js';

type ScriptCall = (...args: (string | number)[]) => Promise<never>;
/** A grab's mark as the scripts read it; grabShares-5.lua knows no tries. */
const MARKS: Record<Grab['mark'], string> = { met: '1', unmet: '0', wrong: 'w' };
const SHUT: GrabAnswer = Object.freeze({ status: 'shut' });

interface StoreLimits {
  replicasAck?: number;
  backlogMax?: number;
}

/**
 * The packet store on Redis, or on a Redis Cluster. `client` is a money connection (libs/redis); the keys are in keys.ts.
 * With `replicasAck` nothing is told before so many replicas have it. `backlogMax`: entries of a slot's outbox with which
 * nobody wins there any more.
 */
export class RedisPacketStore extends RedisCampaignStore implements GatedStore {
  readonly gates: RedisSlotGates;
  private readonly runIds: RunIds;
  private readonly acks: ReplicaAcks;
  private readonly spread: RedisSpreadPackets;
  private readonly backlogMax: number;

  constructor(client: Redis, { replicasAck = 0, backlogMax = Number.MAX_SAFE_INTEGER }: StoreLimits = {}) {
    super(client);
    this.backlogMax = backlogMax;
    this.acks = new ReplicaAcks(replicasAck);
    if (isCluster(client)) defineScripts(client);
    this.runIds = new RunIds(client, defineScripts);
    this.gates = new RedisSlotGates(client, this.runIds);
    const runIdOf = (slot: number) => this.runIds.homeOf(slot)?.runId;
    this.spread = new RedisSpreadPackets({ client, call: this.callAtHome.bind(this), runIdOf });
  }

  /** Changes whenever a Redis process was lost sight of: one that came back, or took over, may know less. */
  get generation(): number {
    return this.runIds.generation;
  }

  get connected(): boolean {
    return this.client.status === 'ready' && this.runIds.known;
  }

  async grab({ packetId, ruled, partitions, visit }: PacketRef, grabs: readonly Grab[]): Promise<GrabAnswer> {
    if (partitions && !visit) throw new RangeError(`packet ${packetId} is spread: grab it with SpreadGrabs`);
    const p = visit?.partition ?? 0;
    const slot = slotOf(packetId, p);
    const home = this.runIds.homeOf(slot);
    if (!home) return SHUT;
    const k = [
      keys.meta(packetId, p),
      keys.shares(packetId, p),
      keys.claims(packetId, p),
      keys.outbox(slot),
      visit ? keys.packetGate(packetId, p) : keys.gate(slot),
    ];
    const gate = visit ? gateOf(home.runId, visit.round) : home.runId;
    const name = visit ? `${packetId}/${p}` : packetId;
    const users = grabs.map((grab) => grab.userId);
    const marks = grabs.every(({ mark }) => mark === 'met')
      ? ''
      : grabs.map(({ mark }) => MARKS[mark]).join('');
    if (!ruled) {
      const eligible = marks.replaceAll('w', '0');
      const call = this.callAt(home, 'grabShares', ...k, name, gate, eligible, this.backlogMax, ...users);
      const answer = await this.told(home, slot, call);
      return visit ? markDry(answer) : answer;
    }
    // Without a campaign or a list the keys are never looked at: the packet has no such rules.
    const { campaignId = packetId, audienceId = packetId } = ruled;
    k.push(
      keys.tries(packetId, p),
      keys.totals(campaignId, slot),
      keys.people(campaignId, slot),
      keys.audience(campaignId, audienceId, slot),
    );
    const call = this.callAt(home, 'grabRuled', ...k, name, gate, marks, this.backlogMax, ...users);
    const answer = await this.told(home, slot, call);
    return visit ? markDry(answer) : answer;
  }

  /** Once enough replicas have what it rests on: also `already` and `empty`, whose claims another process may have made. */
  private async told(home: Home, slot: number, call: Promise<(string | number)[]>): Promise<GrabAnswer> {
    if (this.acks.replicas === 0) return readGrabReply(await call);
    const [reply, covered] = await Promise.all([call, this.acks.covered(home.node)]);
    const answer = readGrabReply(reply);
    if (answer.status !== 'decided') return answer;
    const outcomes = new Set(answer.decisions.map(({ outcome }) => outcome));
    if (outcomes.has('won')) return covered ? answer : SHUT;
    if (!outcomes.has('already') && !outcomes.has('empty')) return answer;
    // WAIT waits for what its own connection wrote, so something has to be written behind the claims of others.
    const wrote = home.node.set(keys.behind(slot), '1');
    const [, coveredNow] = await Promise.all([wrote, this.acks.covered(home.node)]);
    return coveredNow ? answer : SHUT;
  }

  async arm(order: ArmOrder, onBlock?: (armed: number, blocks: number) => void): Promise<Armed> {
    const { terms, seed, opensAtMs, expiresInMs } = order;
    const { packetId, partitions = 1 } = terms;
    const [blocks, json] = [blockCount(terms.count), JSON.stringify(terms)];
    let [armed, armedBefore]: [Armed, number] = [{ opensAtMs: 0, expiresAtMs: 0 }, 0];
    for (const p of numbers(partitions)) {
      const rules = ruleFieldsOf(terms, p);
      const { amount } = sizeOfPartition(terms, partitions, p);
      let index = p;
      while (index < blocks) {
        const block = splitBlock(terms, index);
        const reply: number[] = await this.call(
          'armBlock',
          ...[keys.meta(packetId, p), keys.shares(packetId, p)],
          ...[seed, index, blocks, block.firstShare, block.amount, block.count, terms.min, terms.max],
          ...[amount, opensAtMs, expiresInMs, json, partitions, ...rules],
        );
        index = reply[0]!;
        armed = { opensAtMs: Number(reply[1]), expiresAtMs: Number(reply[2]) };
        onBlock?.(armedBefore + (index - p) / partitions, blocks);
      }
      armedBefore += (index - p) / partitions;
    }
    return partitions > 1 ? this.spread.open(order) : armed;
  }

  async inspect(packetId: string): Promise<StoredPacket | undefined> {
    const [stored, nowMs] = await Promise.all([readPartition(this.client, packetId, 0), this.nowMs()]);
    if (!stored) return undefined;
    if (stored.terms.partitions) return this.spread.inspect(stored, nowMs);
    const { notes: _notes, ...packet } = stored;
    return { ...packet, nowMs };
  }

  /** In no order, page by page; a claim may come twice. */
  async *claimPages(packetId: string): AsyncGenerator<StoredClaim[]> {
    const spread = await this.spread.find(packetId);
    yield* spread ? this.spread.claims(spread) : scanClaims(this.client, packetId, 0);
  }

  async claims(packetId: string): Promise<StoredClaim[]> {
    const byOrdinal = new Map<number, StoredClaim>();
    for await (const page of this.claimPages(packetId))
      for (const claim of page) byOrdinal.set(claim.ordinal, claim);
    return [...byOrdinal.values()].sort((a, b) => a.ordinal - b.ordinal);
  }

  async wonHere(packetId: string, userIds: readonly string[]): Promise<boolean[]> {
    const spread = (await this.spread.find(packetId)) ?? { packetId, count: 0, partitions: 1 };
    const won: boolean[] = [];
    for (const some of chunksOf(userIds)) won.push(...(await this.spread.wonHere(spread, some)));
    return won;
  }

  async close(packetId: string): Promise<CloseAnswer> {
    const spread = await this.spread.find(packetId);
    if (spread) return this.spread.close(spread);
    const gate = this.gates.toPass(packetId);
    if (!gate) return { state: 'shut' };
    return closePartition(this.callAtHome.bind(this), packetId, 0, gate);
  }

  async retire(packetId: string, keepSeconds: number): Promise<boolean> {
    const spread = await this.spread.find(packetId);
    if (spread) return this.spread.retire(spread, keepSeconds);
    if ((await this.spread.findAnyway(packetId)).partitions > 1) {
      // Its first partition came back empty since its close: the ledger answers for it, and nobody would find the others.
      await this.forget(packetId);
      return true;
    }
    const gate = this.gates.toPass(packetId);
    if (!gate) return false;
    return retirePartition(this.callAtHome.bind(this), packetId, 0, gate, keepSeconds);
  }

  async cutShort(packetId: string): Promise<{ expiresAtMs: number } | undefined> {
    const { partitions = 1 } = (await this.spread.find(packetId)) ?? {};
    const ends: number[] = [];
    for (const p of numbers(partitions)) {
      const expiresAtMs: number | null = await this.call('cutShort', keys.meta(packetId, p));
      if (expiresAtMs !== null) ends.push(expiresAtMs);
    }
    // The last of them: no claim was made after it.
    return ends.length > 0 ? { expiresAtMs: Math.max(...ends) } : undefined;
  }

  async freeze(packetId: string): Promise<void> {
    const { partitions } = await this.spread.findAnyway(packetId);
    for (const p of numbers(partitions)) {
      const meta = keys.meta(packetId, p);
      if (await this.client.exists(meta)) await this.client.hset(meta, 'state', 'frozen');
    }
  }

  async rebuild({ terms, check = '', ...order }: RebuildOrder): Promise<boolean> {
    const { packetId, partitions } = terms;
    if (partitions) throw new RangeError(`packet ${packetId} is spread: recheck it`);
    const gate = { key: keys.gate(slotOf(packetId)), word: check };
    return putBack(this.client, this.callAtHome.bind(this), { terms, ...order, partition: 0, gate });
  }

  recheck(order: RecheckOrder): Promise<Rechecked> {
    return this.spread.recheck(order);
  }

  roundOf(packetId: string): ReturnType<GatedStore['roundOf']> {
    return this.spread.roundOf(packetId);
  }

  isSpreadOpen(packetId: string, partitions: number): Promise<boolean> {
    return this.spread.isOpen(packetId, partitions);
  }

  async nowMs(): Promise<number> {
    const [seconds, micros] = await this.client.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  async forget(packetId: string): Promise<void> {
    const { partitions } = await this.spread.findAnyway(packetId);
    for (const p of numbers(partitions)) await forgetPartition(this.client, packetId, p);
  }

  private call(name: ScriptName, ...args: (string | number)[]): Promise<never> {
    return (this.client as unknown as Record<ScriptName, ScriptCall>)[name](...args);
  }

  /** The same at the process that serves the slot of the first key, and no further: what opens a gate, or goes by one. */
  private callAtHome(name: ScriptName, ...args: (string | number)[]): Promise<never> {
    const slot = slotOfKey(String(args[0]));
    const home = this.runIds.homeOf(slot);
    if (!home) throw new Error(`the Redis of slot ${slot} is away`);
    return this.callAt(home, name, ...args);
  }

  /** A call that goes by the gate; `shut` too when that process does not serve the slot any more. */
  private async callAt({ node }: Home, name: ScriptName, ...args: (string | number)[]): Promise<never> {
    const call = (node as unknown as Record<ScriptName, ScriptCall>)[name](...args);
    return call.catch((error: Error) => {
      if (this.runIds.hasMoved(error)) return ['shut'] as never;
      throw error;
    });
  }
}

function defineScripts(client: Redis): void {
  for (const name of SCRIPT_NAMES) client.defineCommand(name, loadScript(name));
}
