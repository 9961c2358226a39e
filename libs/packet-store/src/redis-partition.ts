import { randomUUID } from 'node:crypto';
import type { Redis } from '@app/redis';
import { blockCount, sharesOfPartition } from '@app/domain';
import { keys } from './keys.js';
import type { ScriptCaller } from './packet-gates.js';
import { ruleFieldsOf } from './packet-rules.js';
import type {
  Armed,
  CloseAnswer,
  GrabAnswer,
  PacketTerms,
  StoredClaim,
  StoredPacket,
} from './packet-store.js';

/** What a single command reads or writes of a partition: 1,000 claims keep Redis from others for under 1 ms. */
const CLAIMS_PER_COMMAND_MAX = 1_000;
/** What is being written aside and not yet in place; if the writer dies Redis forgets it. */
const UNFINISHED_SECONDS = 600;

/** One partition as it is stored, or a packet that is whole. `notes`: claims of other partitions that stand with its own. */
export interface StoredPartition extends Omit<StoredPacket, 'nowMs'> {
  notes: number;
}

export async function readPartition(
  client: Redis,
  packetId: string,
  partition: number,
): Promise<StoredPartition | undefined> {
  const [fields, left, claimCount] = await Promise.all([
    client.hmget(
      keys.meta(packetId, partition),
      ...['terms', 'state', 'opensAtMs', 'expiresAtMs', 'remaining', 'notes'],
    ),
    client.llen(keys.shares(packetId, partition)),
    client.hlen(keys.claims(packetId, partition)),
  ]);
  const [terms, state, opensAtMs, expiresAtMs, remaining, notes] = fields;
  if (!terms || !state) return undefined;
  return {
    terms: JSON.parse(terms) as PacketTerms,
    state: state as StoredPacket['state'],
    opensAtMs: Number(opensAtMs ?? 0),
    expiresAtMs: Number(expiresAtMs ?? 0),
    remaining: { count: left, amount: Number(remaining) },
    claimCount: claimCount - Number(notes ?? 0),
    notes: Number(notes ?? 0),
  };
}

/** The gate by which a packet is ended: its key, and what it must hold. */
export interface GateToPass {
  key: string;
  word: string;
}

export async function closePartition(
  call: ScriptCaller,
  packetId: string,
  partition: number,
  gate: GateToPass,
): Promise<CloseAnswer> {
  const places = [keys.meta(packetId, partition), keys.shares(packetId, partition)];
  const reply: (string | number)[] = await call('closePacket', ...places, gate.key, gate.word);
  const state = reply[0] as CloseAnswer['state'];
  if (state === 'finished' || state === 'expired') {
    return { state, remaining: { count: Number(reply[1]), amount: Number(reply[2]) } };
  }
  if (state === 'open') return { state, dueInMs: Number(reply[1]) - Number(reply[2]) };
  return { state };
}

/** False when the gate is shut: then nothing was done. */
export async function retirePartition(
  call: ScriptCaller,
  packetId: string,
  partition: number,
  gate: GateToPass,
  keepSeconds: number,
): Promise<boolean> {
  const places = [keys.meta, keys.shares, keys.claims, keys.tries].map((key) => key(packetId, partition));
  const done: number = await call('retirePartition', ...places, gate.key, gate.word, keepSeconds);
  return done === 1;
}

export async function forgetPartition(client: Redis, packetId: string, partition: number): Promise<void> {
  const places = [keys.meta, keys.shares, keys.claims, keys.tries, keys.packetGate];
  await client.unlink(...places.map((key) => key(packetId, partition)));
}

/** A partition with nothing left to its amount is dry, also when its shares are forgotten; a share is at least 1. */
export function markDry(answer: GrabAnswer): GrabAnswer {
  if (answer.status !== 'decided' || answer.remaining.amount > 0) return answer;
  const decisions = answer.decisions.map((decision) =>
    decision.outcome === 'not_eligible' ? { ...decision, dry: true as const } : decision,
  );
  return { ...answer, decisions };
}

/** Page by page, in no order; a claim may come twice. */
export async function* scanClaims(
  client: Redis,
  packetId: string,
  partition: number,
): AsyncGenerator<StoredClaim[]> {
  for (let cursor = '0'; ;) {
    const key = keys.claims(packetId, partition);
    const [next, flat] = await client.hscan(key, cursor, 'COUNT', CLAIMS_PER_COMMAND_MAX);
    const page: StoredClaim[] = [];
    for (let k = 0; k + 1 < flat.length; k += 2) page.push(readClaim(flat[k]!, flat[k + 1]!));
    if (page.length > 0) yield page;
    cursor = next;
    if (cursor === '0') return;
  }
}

export interface PutBack extends Armed {
  terms: PacketTerms;
  seed: string;
  partition: number;
  /** Of its own shares. */
  claims: readonly StoredClaim[];
  /** Which must hold the word of the check; with an empty one it is not looked at. */
  gate: GateToPass;
}

/** False when the gate holds another word, or none: then nothing was put in place. */
export async function putBack(client: Redis, call: ScriptCaller, order: PutBack): Promise<boolean> {
  const { terms, seed, partition, claims, gate, opensAtMs, expiresAtMs } = order;
  const { packetId, partitions = 1, count } = terms;
  const taken = new Set(claims.map(({ ordinal }) => ordinal));
  const left = sharesOfPartition(seed, terms, partitions, partition).filter(
    ({ ordinal }) => !taken.has(ordinal),
  );
  const places = [keys.shares(packetId, partition), keys.claims(packetId, partition)] as const;
  const mark = randomUUID();
  const [sharesAside, claimsAside] = [`${places[0]}:${mark}`, `${places[1]}:${mark}`];
  for (const some of pagesOf(left)) {
    await client.rpush(sharesAside, ...some.map(({ ordinal, amount }) => `${ordinal}:${amount}`));
    await client.expire(sharesAside, UNFINISHED_SECONDS);
  }
  for (const some of pagesOf(claims)) {
    await client.hset(claimsAside, ...some.flatMap((claim) => [claim.userId, writeClaim(claim)]));
    await client.expire(claimsAside, UNFINISHED_SECONDS);
  }
  const done: number = await call(
    'rebuildPacket',
    ...[keys.meta(packetId, partition), ...places, sharesAside, claimsAside],
    ...[gate.key, gate.word, JSON.stringify(terms)],
    ...[blockCount(count) + partitions, opensAtMs, expiresAtMs],
    left.reduce((sum, { amount }) => sum + amount, 0),
    ...ruleFieldsOf(terms, partition),
  );
  return done === 1;
}

export function* pagesOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += CLAIMS_PER_COMMAND_MAX) {
    yield items.slice(from, from + CLAIMS_PER_COMMAND_MAX);
  }
}

export function writeClaim({ ordinal, amount, atMs }: StoredClaim): string {
  return `${ordinal}:${amount}:${atMs}`;
}

export function readClaim(userId: string, claim: string): StoredClaim {
  const [ordinal, amount, atMs] = claim.split(':').map(Number);
  return { userId, ordinal: ordinal!, amount: amount!, atMs: atMs! };
}
