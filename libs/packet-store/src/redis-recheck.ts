import { randomUUID } from 'node:crypto';
import { partitionOfOrdinal, sizeOfPartition } from '@app/domain';
import { keys, slotOf } from './keys.js';
import { CHECKING, gateOf, makeRound, numbers, type SpreadHost } from './packet-gates.js';
import { homeOf } from './partition-order.js';
import type { Rechecked, RecheckOrder, StoredClaim } from './packet-store.js';
import { pagesOf, putBack, readPartition, scanClaims, writeClaim } from './redis-partition.js';

type Found =
  { is: 'sound' | 'mended'; strays: StoredClaim[] } | { is: 'overtaken' } | { is: 'broken'; reason: string };

/**
 * Checks a packet that is spread as a whole, and puts back the partitions that lack something. First every gate gets the
 * token of this check, so that no grab, and no walk that is under way, gets through anywhere; what is written after that
 * asks for the token, so that of two who check, the one who began later is the one who goes on. At the end every known
 * claim stands where its user's walk begins, and the gates open under a new round. A crash on the way leaves them shut.
 */
export async function recheckSpread(host: SpreadHost, order: RecheckOrder): Promise<Rechecked> {
  const { client } = host;
  const { packetId, partitions = 1 } = order.terms;
  const token = `${CHECKING}${randomUUID()}`;
  const all = numbers(partitions);
  // Of the processes that are checked: should one start again meanwhile, its gate is opened for the one that is gone.
  const runIds = all.map((p) => host.runIdOf(slotOf(packetId, p)));
  const away = runIds.findIndex((runId) => runId === undefined);
  if (away >= 0) throw new Error(`the Redis of slot ${slotOf(packetId, away)} is away`);
  await Promise.all(all.map((p) => client.set(keys.packetGate(packetId, p), token)));
  let is: 'sound' | 'mended' = 'sound';
  const strays: StoredClaim[] = [];
  for (const p of all) {
    const found = await checkPartition(host, order, p, token);
    if (found.is !== 'sound' && found.is !== 'mended') return found;
    if (found.is === 'mended') is = 'mended';
    strays.push(...found.strays);
  }
  const lost = await ownerless(host, order, strays);
  if (lost) return { is: 'broken', reason: `ordinal ${lost.ordinal} is known by a note of its claim alone` };
  for (const p of all) await noteAtHomes(host, order, p);
  return (await openAll(host, order, token, runIds as string[])) ? { is } : { is: 'overtaken' };
}

/** `strays`: claims that stand with it and are of other partitions. */
async function checkPartition(
  { client, call }: SpreadHost,
  order: RecheckOrder,
  partition: number,
  token: string,
): Promise<Found> {
  const { terms } = order;
  const { packetId, count, partitions = 1, epoch } = terms;
  const [ledger, stored] = await Promise.all([
    order.claimsOf(partition),
    readPartition(client, packetId, partition),
  ]);
  const own = new Map<number, StoredClaim>();
  const strays = new Map<number, StoredClaim>();
  for await (const page of scanClaims(client, packetId, partition)) {
    for (const claim of page) {
      const isOwn = partitionOfOrdinal(count, partitions, claim.ordinal) === partition;
      (isOwn ? own : strays).set(claim.ordinal, claim);
    }
  }
  const there = own.size;
  for (const claim of ledger) {
    const before = own.get(claim.ordinal) ?? claim;
    if (before.userId !== claim.userId || before.amount !== claim.amount)
      return { is: 'broken', reason: `ordinal ${claim.ordinal} is known with two owners or amounts` };
    own.set(claim.ordinal, before);
  }
  const claims = [...own.values()];
  if (new Set(claims.map(({ userId }) => userId)).size < claims.length)
    return { is: 'broken', reason: `a user has several claims in partition ${partition}` };
  const isComplete =
    stored?.terms.epoch === epoch &&
    stored.state !== 'arming' &&
    own.size === there &&
    stored.remaining.count + there === sizeOfPartition(terms, partitions, partition).count;
  const found = { strays: [...strays.values()] };
  if (isComplete) return { is: 'sound', ...found };
  return (await putBack(client, call, { ...order, partition, claims, token }))
    ? { is: 'mended', ...found }
    : { is: 'overtaken' };
}

/** A note whose claim is neither in the ledger nor in its partition: nobody would ever settle it. */
async function ownerless(
  { client }: SpreadHost,
  { terms: { packetId, count, partitions = 1 } }: RecheckOrder,
  notes: readonly StoredClaim[],
): Promise<StoredClaim | undefined> {
  for (const page of pagesOf(notes)) {
    const claims = await Promise.all(
      page.map(({ userId, ordinal }) =>
        client.hget(keys.claims(packetId, partitionOfOrdinal(count, partitions, ordinal)), userId),
      ),
    );
    const lost = page.find(({ ordinal, amount }, k) => !claims[k]?.startsWith(`${ordinal}:${amount}:`));
    if (lost) return lost;
  }
  return undefined;
}

/** A claim that its user's walk meets first can't be followed by another, whatever other partitions hold again. */
async function noteAtHomes(
  { client }: SpreadHost,
  { terms: { packetId, count, partitions = 1 } }: RecheckOrder,
  partition: number,
): Promise<void> {
  for await (const page of scanClaims(client, packetId, partition)) {
    const away = page.flatMap((claim) => {
      const home = homeOf(packetId, claim.userId, partitions);
      const isOwn = partitionOfOrdinal(count, partitions, claim.ordinal) === partition;
      return isOwn && home !== partition ? [{ home, claim }] : [];
    });
    await Promise.all(
      away.map(({ home, claim }) =>
        client.hsetnx(keys.claims(packetId, home), claim.userId, writeClaim(claim)),
      ),
    );
  }
}

async function openAll(
  { call }: SpreadHost,
  { terms }: RecheckOrder,
  token: string,
  runIds: readonly string[],
): Promise<boolean> {
  const { packetId, partitions = 1 } = terms;
  const round = makeRound();
  const opened = await Promise.all(
    numbers(partitions).map((p): Promise<number> =>
      call(
        'openChecked',
        ...[keys.meta(packetId, p), keys.shares(packetId, p), keys.claims(packetId, p)],
        ...[keys.packetGate(packetId, p), token, gateOf(runIds[p]!, round)],
        sizeOfPartition(terms, partitions, p).count,
      ),
    ),
  );
  return opened.every((one) => one === 1);
}
