import { isCluster, type Redis } from '@app/redis';
import { blockCount, splitBlock, splitLucky } from '@app/domain';
import { readGrabReply } from './grab-reply.js';
import { keys, SLOTS, slotOf } from './keys.js';
import { ruleFieldsOf } from './packet-rules.js';
import { chunksOf, RedisCampaignStore } from './redis-campaign-store.js';
import { ReplicaAcks } from './replica-acks.js';
import { RunIds, type Home, type RunIdBySlot } from './run-ids.js';
import { loadScript, SCRIPT_NAMES, type ScriptName } from './scripts.js';
import type {
  ArmOrder,
  Armed,
  CloseAnswer,
  Grab,
  GrabAnswer,
  PacketRef,
  PacketStore,
  PacketTerms,
  RebuildOrder,
  StoredClaim,
  StoredPacket,
} from './packet-store.js';

const META_KEYS = 'hb:{*}:packet:*:meta';
const SCAN_COUNT = 1_000;
/** What TTL answers for a key that stays. */
const NO_EXPIRY = -1;

type ScriptCall = (...args: (string | number)[]) => Promise<never>;
/** A grab's mark as the scripts read it; grabShares-5.lua knows no tries. */
const MARKS: Record<Grab['mark'], string> = { met: '1', unmet: '0', wrong: 'w' };
const SHUT: GrabAnswer = Object.freeze({ status: 'shut' });

/**
 * The packet store on Redis, or on a Redis Cluster. `client` is a money connection (libs/redis); the keys are in keys.ts.
 * With `replicasAck` nothing is told before so many replicas have it.
 */
export class RedisPacketStore extends RedisCampaignStore implements PacketStore {
  /** A gate opened for another Redis process than the one that serves its slot stays shut. */
  private readonly runIds: RunIds;
  private readonly acks: ReplicaAcks;

  constructor(client: Redis, { replicasAck = 0 }: { replicasAck?: number } = {}) {
    super(client);
    this.acks = new ReplicaAcks(replicasAck);
    if (isCluster(client)) defineScripts(client);
    this.runIds = new RunIds(client, defineScripts);
  }

  /** Names the Redis process that serves a packet; undefined while it is away. Another one may know less. */
  processOf(packetId: string): string | undefined {
    return this.runIds.homeOf(slotOf(packetId))?.runId;
  }

  get connected(): boolean {
    return this.client.status === 'ready' && this.runIds.known;
  }

  async grab({ packetId, ruled }: PacketRef, grabs: readonly Grab[]): Promise<GrabAnswer> {
    const slot = slotOf(packetId);
    const home = this.runIds.homeOf(slot);
    if (!home) return SHUT;
    const k = [
      keys.meta(packetId),
      keys.shares(packetId),
      keys.claims(packetId),
      keys.outbox(slot),
      keys.gate(slot),
    ];
    const users = grabs.map((grab) => grab.userId);
    const marks = grabs.every(({ mark }) => mark === 'met')
      ? ''
      : grabs.map(({ mark }) => MARKS[mark]).join('');
    if (!ruled) {
      const eligible = marks.replaceAll('w', '0');
      return this.told(
        home,
        slot,
        this.callAt(home, 'grabShares', ...k, packetId, home.runId, eligible, ...users),
      );
    }
    // Without a campaign or a list the keys are never looked at: the packet has no such rules.
    const { campaignId = packetId, audienceId = packetId } = ruled;
    k.push(
      keys.tries(packetId),
      keys.totals(campaignId),
      keys.people(campaignId),
      keys.audience(campaignId, audienceId),
    );
    return this.told(home, slot, this.callAt(home, 'grabRuled', ...k, packetId, home.runId, marks, ...users));
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

  async arm(
    { terms, seed, opensAtMs, expiresInMs }: ArmOrder,
    onBlock?: (armed: number, blocks: number) => void,
  ): Promise<Armed> {
    const blocks = blockCount(terms.count);
    const rules = ruleFieldsOf(terms);
    let armed: Armed = { opensAtMs: 0, expiresAtMs: 0 };
    for (let index = 0; index < blocks;) {
      const block = splitBlock(terms, index);
      const reply: number[] = await this.call(
        'armBlock',
        keys.meta(terms.packetId),
        keys.shares(terms.packetId),
        ...[seed, index, blocks, block.firstShare, block.amount, block.count, terms.min, terms.max],
        ...[terms.amount, opensAtMs, expiresInMs, JSON.stringify(terms), ...rules],
      );
      index = reply[0]!;
      armed = { opensAtMs: Number(reply[1]), expiresAtMs: Number(reply[2]) };
      onBlock?.(index, blocks);
    }
    return armed;
  }

  async inspect(packetId: string): Promise<StoredPacket | undefined> {
    const meta = keys.meta(packetId);
    const [fields, left, claimCount, nowMs] = await Promise.all([
      this.client.hmget(meta, 'terms', 'state', 'opensAtMs', 'expiresAtMs', 'remaining'),
      this.client.llen(keys.shares(packetId)),
      this.client.hlen(keys.claims(packetId)),
      this.nowMs(),
    ]);
    const [terms, state, opensAtMs, expiresAtMs, remaining] = fields;
    if (!terms || !state) return undefined;
    return {
      terms: JSON.parse(terms) as PacketTerms,
      state: state as StoredPacket['state'],
      opensAtMs: Number(opensAtMs ?? 0),
      expiresAtMs: Number(expiresAtMs ?? 0),
      remaining: { count: left, amount: Number(remaining) },
      claimCount,
      nowMs,
    };
  }

  async claims(packetId: string): Promise<StoredClaim[]> {
    const stored = await this.client.hgetall(keys.claims(packetId));
    return Object.entries(stored)
      .map(([userId, claim]) => readClaim(userId, claim))
      .sort((a, b) => a.ordinal - b.ordinal);
  }

  async wonHere(packetId: string, userIds: readonly string[]): Promise<boolean[]> {
    const won: boolean[] = [];
    for (const some of chunksOf(userIds)) {
      const claims = await this.client.hmget(keys.claims(packetId), ...some);
      won.push(...claims.map((claim) => claim !== null));
    }
    return won;
  }

  async close(packetId: string): Promise<CloseAnswer> {
    const home = this.runIds.homeOf(slotOf(packetId));
    if (!home) return { state: 'shut' };
    const reply: (string | number)[] = await this.callAt(
      home,
      'closePacket',
      ...[keys.meta(packetId), keys.shares(packetId), keys.gate(slotOf(packetId)), home.runId],
    );
    const state = reply[0] as CloseAnswer['state'];
    if (state === 'finished' || state === 'expired') {
      return { state, remaining: { count: Number(reply[1]), amount: Number(reply[2]) } };
    }
    if (state === 'open') return { state, dueInMs: Number(reply[1]) - Number(reply[2]) };
    return { state };
  }

  async retire(packetId: string, keepSeconds: number): Promise<void> {
    await this.client
      .multi()
      .del(keys.shares(packetId))
      .expire(keys.meta(packetId), keepSeconds)
      .expire(keys.claims(packetId), keepSeconds)
      .expire(keys.tries(packetId), keepSeconds)
      .exec();
  }

  async cutShort(packetId: string): Promise<{ expiresAtMs: number } | undefined> {
    const expiresAtMs: number | null = await this.call('cutShort', keys.meta(packetId));
    return expiresAtMs === null ? undefined : { expiresAtMs };
  }

  async freeze(packetId: string): Promise<void> {
    if (await this.client.exists(keys.meta(packetId)))
      await this.client.hset(keys.meta(packetId), 'state', 'frozen');
  }

  async rebuild({ terms, seed, claims, opensAtMs, expiresAtMs }: RebuildOrder): Promise<void> {
    const taken = new Set(claims.map((claim) => claim.ordinal));
    const left = splitLucky(seed, terms)
      .map((amount, k) => ({ ordinal: k + 1, amount }))
      .filter(({ ordinal }) => !taken.has(ordinal));
    await this.call(
      'rebuildPacket',
      ...[keys.meta(terms.packetId), keys.shares(terms.packetId), keys.claims(terms.packetId)],
      ...[JSON.stringify(terms), blockCount(terms.count), opensAtMs, expiresAtMs],
      left.reduce((sum, share) => sum + share.amount, 0),
      left.map(({ ordinal, amount }) => `${ordinal}:${amount}`).join(' '),
      claims.map(({ userId, ordinal, amount, atMs }) => `${userId} ${ordinal}:${amount}:${atMs}`).join(' '),
      ...ruleFieldsOf(terms),
    );
  }

  async nowMs(): Promise<number> {
    const [seconds, micros] = await this.client.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  /**
   * Slots whose state has not been checked against Postgres since the Redis process that serves them started; without
   * those that nobody serves at the moment. Rejects when no Redis answers.
   */
  async shutSlots(): Promise<{ runIds: RunIdBySlot; slots: number[] }> {
    const runIds = await this.runIds.read();
    const served = Array.from({ length: SLOTS }, (_, slot) => slot).filter((slot) => runIds[slot]);
    const gates = await Promise.all(
      served.map(async (slot) => this.runIds.homeOf(slot)?.node.get(keys.gate(slot))),
    );
    return { runIds, slots: served.filter((slot, k) => gates[k] !== runIds[slot]) };
  }

  /** Lets grabs on a slot's packets through, for as long as the Redis process lives that `shutSlots` named for it. */
  async openGate(slot: number, runId: string | undefined): Promise<void> {
    if (runId !== undefined) await this.client.set(keys.gate(slot), runId);
  }

  /** Packets of these slots that are not retired here. Reads every key once: for recovery only. */
  async unretiredPacketIds(slots: readonly number[]): Promise<string[]> {
    const nodes = new Set(slots.map((slot) => this.runIds.homeOf(slot)?.node));
    const found = await Promise.all(
      [...nodes].map((node) => {
        if (!node) throw new Error('a Redis that serves some of the slots went away');
        return this.unretiredAt(node, new Set(slots));
      }),
    );
    return found.flat();
  }

  private async unretiredAt(node: Redis, wanted: ReadonlySet<number>): Promise<string[]> {
    const unretired: string[] = [];
    for (let cursor = '0'; ;) {
      const [next, found] = await node.scan(cursor, 'MATCH', META_KEYS, 'COUNT', SCAN_COUNT);
      const ids = found.map((key) => key.split(':')[3]!).filter((packetId) => wanted.has(slotOf(packetId)));
      const seconds = await Promise.all(ids.map((packetId) => this.client.ttl(keys.meta(packetId))));
      unretired.push(...ids.filter((_, k) => seconds[k] === NO_EXPIRY));
      cursor = next;
      if (cursor === '0') return unretired;
    }
  }

  /** For a packet that Postgres has closed and this Redis has from before: the ledger answers for it from now on. */
  async forget(packetId: string): Promise<void> {
    await this.client.del(
      keys.meta(packetId),
      keys.shares(packetId),
      keys.claims(packetId),
      keys.tries(packetId),
    );
  }

  private call(name: ScriptName, ...args: (string | number)[]): Promise<never> {
    return (this.client as unknown as Record<ScriptName, ScriptCall>)[name](...args);
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

function readClaim(userId: string, claim: string): StoredClaim {
  const [ordinal, amount, atMs] = claim.split(':').map(Number);
  return { userId, ordinal: ordinal!, amount: amount!, atMs: atMs! };
}
