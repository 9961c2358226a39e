import { randomUUID } from 'node:crypto';
import type { Redis } from '@app/redis';
import { partitionOfOrdinal, sizeOfPartition } from '@app/domain';
import { keys, slotOf } from './keys.js';
import { CHECKING, gateOf, makeRound, numbers, type SpreadHost } from './packet-gates.js';
import { homeOf } from './partition-order.js';
import type { PacketTerms, Rechecked, RecheckOrder, StoredClaim } from './packet-store.js';
import { putBack, readPartition, scanClaims, writeClaim } from './redis-partition.js';

/** Ordinals that stand in other partitions than their own, by the partition they belong to. */
type Notes = ReadonlyMap<number, readonly StoredClaim[]>;

/**
 * Checks a packet that is spread as a whole, and puts back the partitions that lack something. First every gate gets the
 * token of this check, so that no grab, and no walk that is under way, gets through anywhere; what is written after that
 * asks for the token, so that of two who check, the one who began later is the one who goes on. At the end every known
 * claim stands where its user's walk begins, and the gates open under a new round. A crash on the way leaves them shut.
 */
export async function recheckSpread(host: SpreadHost, order: RecheckOrder): Promise<Rechecked> {
  const { packetId, partitions = 1 } = order.terms;
  const token = `${CHECKING}${randomUUID()}`;
  const all = numbers(partitions);
  // Of the processes that are checked: should one start again meanwhile, its gate is opened for the one that is gone.
  const runIds = all.map((p) => host.runIdOf(slotOf(packetId, p)));
  const away = runIds.findIndex((runId) => runId === undefined);
  if (away >= 0) throw new Error(`the Redis of slot ${slotOf(packetId, away)} is away`);
  await Promise.all(all.map((p) => host.client.set(keys.packetGate(packetId, p), token)));
  const notes = await readNotes(host, order);
  let is: 'sound' | 'mended' = 'sound';
  for (const p of all) {
    const found = await checkPartition(host, order, notes, p, token);
    if (found.is !== 'sound' && found.is !== 'mended') return found;
    if (found.is === 'mended') is = 'mended';
  }
  const noted = new Set<number>();
  for (const p of all) await noteAtHomes(host, order, p, noted);
  return (await openAll(host, order, token, runIds as string[])) ? { is } : { is: 'overtaken' };
}

/** Claims that an earlier check noted at their users' homes: all that is left of one whose own partition was lost since. */
async function readNotes({ client }: SpreadHost, { terms }: RecheckOrder): Promise<Notes> {
  const { packetId, count, partitions = 1 } = terms;
  const notes = new Map<number, StoredClaim[]>();
  for (const p of numbers(partitions)) {
    if (Number(await client.hget(keys.meta(packetId, p), 'notes')) === 0) continue;
    for await (const page of scanClaims(client, packetId, p)) {
      for (const claim of page) {
        const owner = partitionOfOrdinal(count, partitions, claim.ordinal);
        if (owner !== p) notes.set(owner, [...(notes.get(owner) ?? []), claim]);
      }
    }
  }
  return notes;
}

async function checkPartition(
  { client, call }: SpreadHost,
  order: RecheckOrder,
  notes: Notes,
  partition: number,
  token: string,
): Promise<Rechecked> {
  const { terms } = order;
  const { packetId, count, partitions = 1, epoch } = terms;
  const [ledger, stored] = await Promise.all([
    order.claimsOf(partition),
    readPartition(client, packetId, partition),
  ]);
  const own = new Map<number, StoredClaim>();
  for await (const page of scanClaims(client, packetId, partition)) {
    for (const claim of page)
      if (partitionOfOrdinal(count, partitions, claim.ordinal) === partition) own.set(claim.ordinal, claim);
  }
  const there = own.size;
  const onlyNoted: StoredClaim[] = [];
  for (const [from, claims] of [ledger, notes.get(partition) ?? []].entries()) {
    for (const claim of claims) {
      const before = own.get(claim.ordinal);
      if (before && (before.userId !== claim.userId || before.amount !== claim.amount))
        return { is: 'broken', reason: `ordinal ${claim.ordinal} is known with two owners or amounts` };
      if (!before && from === 1) onlyNoted.push(claim);
      own.set(claim.ordinal, before ?? claim);
    }
  }
  const claims = [...own.values()];
  if (new Set(claims.map(({ userId }) => userId)).size < claims.length)
    return { is: 'broken', reason: `a user has several claims in partition ${partition}` };
  const isComplete =
    stored?.terms.epoch === epoch &&
    stored.state !== 'arming' &&
    own.size === there &&
    stored.remaining.count + there === sizeOfPartition(terms, partitions, partition).count;
  if (isComplete) return { is: 'sound' };
  await sendAgain(client, terms, partition, onlyNoted);
  const gate = { key: keys.packetGate(packetId, partition), word: token };
  const put = await putBack(client, call, { ...order, partition, claims, gate });
  return { is: put ? 'mended' : 'overtaken' };
}

/** Their entries in the outbox were lost with their partition. Before they are put back: twice does no harm. */
async function sendAgain(
  client: Redis,
  { packetId }: PacketTerms,
  partition: number,
  claims: readonly StoredClaim[],
): Promise<void> {
  const outbox = keys.outbox(slotOf(packetId, partition));
  for (const { userId, ordinal, amount, atMs } of claims) {
    const fields = ['packet', `${packetId}/${partition}`, 'at', String(atMs), 'left', '0:0'];
    await client.xadd(outbox, '*', ...fields, 'claims', `${userId} ${ordinal}:${amount}`);
  }
}

/** A claim that its user's walk meets first can't be followed by another, whatever other partitions hold again. */
async function noteAtHomes(
  { client }: SpreadHost,
  { terms: { packetId, count, partitions = 1 } }: RecheckOrder,
  partition: number,
  noted: Set<number>,
): Promise<void> {
  for await (const page of scanClaims(client, packetId, partition)) {
    const away = page.flatMap((claim) => {
      const home = homeOf(packetId, claim.userId, partitions);
      const isOwn = partitionOfOrdinal(count, partitions, claim.ordinal) === partition;
      return isOwn && home !== partition ? [{ home, claim }] : [];
    });
    for (const { home } of away) {
      // Before the first of them, so that a check after a crash reads them; the count is set at the opening.
      if (!noted.has(home)) await client.hset(keys.meta(packetId, home), 'notes', 1);
      noted.add(home);
    }
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
