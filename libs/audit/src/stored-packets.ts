import type { ChainableCommander, Redis } from 'ioredis';
import { keys, type PacketTerms } from '@app/packet-store';

/** HGETALL and LRANGE of more than this would hold Redis up for over 10 ms; then claims are scanned, shares counted. */
const WHOLE_READ_SHARES_MAX = 10_000;
const SCAN_CLAIMS = 1_000;

export interface StoredClaimRow {
  userId: string;
  ordinal: number;
  amount: number;
  atMs: number;
}

/** A packet as Redis has it. */
export interface StoredState {
  state: string;
  /** Undefined when they can't be read. */
  terms: PacketTerms | undefined;
  opensAtMs: number;
  expiresAtMs: number;
  remainingAmount: number;
  leftCount: number;
  claimCount: number;
  /** Shares not taken; undefined for a packet too large to list them at once. */
  left: { ordinal: number; amount: number }[] | undefined;
  claims: StoredClaimRow[];
  /** False when claims were made while they were being read: then figures of the whole can't be compared. */
  steady: boolean;
}

type Head = Omit<StoredState, 'left' | 'claims' | 'steady'>;
type Reply = [error: Error | null, value: unknown][];

/** A packet that is whole, in a MULTI of its own. Undefined when Redis doesn't know it. */
export async function readWhole(
  redis: Redis,
  { packetId, count }: { packetId: string; count: number },
): Promise<StoredState | undefined> {
  if (count > WHOLE_READ_SHARES_MAX) return readLarge(redis, packetId);
  const reply = await run(
    head(redis, packetId).lrange(keys.shares(packetId), 0, -1).hgetall(keys.claims(packetId)),
  );
  const state = headOf(reply);
  if (!state) return undefined;
  const left = (reply[3]![1] as string[]).map((share) => {
    const [ordinal, amount] = share.split(':').map(Number);
    return { ordinal: ordinal!, amount: amount! };
  });
  const claims = Object.entries(reply[4]![1] as Record<string, string>).map(readClaim);
  return { ...state, left, claims, steady: true };
}

/** Claims by HSCAN, between two readings of the figures that show whether any came in meanwhile. */
export async function readLarge(
  redis: Redis,
  packetId: string,
  partition = 0,
): Promise<StoredState | undefined> {
  const before = await readHead(redis, packetId, partition);
  if (!before) return undefined;
  // HSCAN may give a field twice.
  const claims = new Map<string, StoredClaimRow>();
  let cursor = '0';
  do {
    const [next, flat] = await redis.hscan(keys.claims(packetId, partition), cursor, 'COUNT', SCAN_CLAIMS);
    for (let k = 0; k + 1 < flat.length; k += 2) claims.set(flat[k]!, readClaim([flat[k]!, flat[k + 1]!]));
    cursor = next;
  } while (cursor !== '0');
  const after = await readHead(redis, packetId, partition);
  const steady = after?.claimCount === before.claimCount && after.state === before.state;
  return { ...before, left: undefined, claims: [...claims.values()], steady };
}

export async function readHead(redis: Redis, packetId: string, partition: number): Promise<Head | undefined> {
  return headOf(await run(head(redis, packetId, partition)));
}

function head(redis: Redis, packetId: string, partition = 0): ChainableCommander {
  return redis
    .multi()
    .hmget(keys.meta(packetId, partition), 'state', 'terms', 'opensAtMs', 'expiresAtMs', 'remaining')
    .llen(keys.shares(packetId, partition))
    .hlen(keys.claims(packetId, partition));
}

async function run(commands: ChainableCommander): Promise<Reply> {
  const reply = (await commands.exec()) as Reply | null;
  const failed = reply?.find(([error]) => error)?.[0];
  if (!reply || failed) throw failed ?? new Error('Redis gave no answer to a MULTI');
  return reply;
}

function headOf(reply: Reply): Head | undefined {
  const [state, terms, opensAtMs, expiresAtMs, remaining] = reply[0]![1] as (string | null)[];
  if (!state) return undefined;
  return {
    state,
    terms: parseTerms(terms),
    opensAtMs: Number(opensAtMs),
    expiresAtMs: Number(expiresAtMs),
    remainingAmount: Number(remaining),
    leftCount: reply[1]![1] as number,
    claimCount: reply[2]![1] as number,
  };
}

function parseTerms(json: string | null | undefined): PacketTerms | undefined {
  try {
    return JSON.parse(json ?? '') as PacketTerms;
  } catch {
    return undefined;
  }
}

function readClaim([userId, claim]: [string, string]): StoredClaimRow {
  const [ordinal, amount, atMs] = claim.split(':').map(Number);
  return { userId, ordinal: ordinal!, amount: amount!, atMs: atMs! };
}
