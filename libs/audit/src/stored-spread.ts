import type { Redis } from 'ioredis';
import { partitionOfOrdinal } from '@app/domain';
import { readHead, readLarge, readWhole, type StoredClaimRow, type StoredState } from './stored-packets.js';

const STATES = ['frozen', 'arming', 'open', 'expired', 'finished'];

interface StoredKind {
  packetId: string;
  count: number;
  partitions: number;
}

/** Undefined for those that Redis doesn't know. */
export async function readStored(
  redis: Redis,
  packets: readonly StoredKind[],
): Promise<(StoredState | undefined)[]> {
  return Promise.all(
    packets.map((packet) => (packet.partitions > 1 ? readSpread(redis, packet) : readWhole(redis, packet))),
  );
}

/** A packet over partitions, each read by itself, seen as one. `arming` where a partition is missing. */
async function readSpread(
  redis: Redis,
  { packetId, count, partitions }: StoredKind,
): Promise<StoredState | undefined> {
  const parts: (StoredState & { partition: number })[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const part = await readLarge(redis, packetId, partition);
    if (part) parts.push({ ...part, partition });
  }
  const first = parts[0];
  if (!first) return undefined;
  const claims = new Map<number, StoredClaimRow>();
  const notes: StoredClaimRow[] = [];
  for (const part of parts) {
    for (const claim of part.claims) {
      const isOwn = partitionOfOrdinal(count, partitions, claim.ordinal) === part.partition;
      if (isOwn) claims.set(claim.ordinal, claim);
      else notes.push(claim);
    }
  }
  // A note repeats a claim of another partition; one that does not is a claim too many, and stands with them.
  const strays = notes.filter(({ ordinal, userId }) => claims.get(ordinal)?.userId !== userId);
  const sum = (of: (part: StoredState) => number) => parts.reduce((total, part) => total + of(part), 0);
  const state = STATES.find((one) => parts.some((part) => part.state === one)) ?? first.state;
  const heads = await Promise.all(parts.map(({ partition }) => readHead(redis, packetId, partition)));
  return {
    ...first,
    state: parts.length === partitions || state === 'frozen' ? state : 'arming',
    expiresAtMs: Math.max(...parts.map(({ expiresAtMs }) => expiresAtMs)),
    remainingAmount: sum((part) => part.remainingAmount),
    leftCount: sum((part) => part.leftCount),
    claimCount: claims.size,
    claims: [...claims.values(), ...strays],
    // One was read after the other: nothing may have changed in any until all were read.
    steady: parts.every(
      (part, k) => part.steady && heads[k]?.leftCount === part.leftCount && heads[k].state === part.state,
    ),
  };
}
