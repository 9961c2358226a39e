import { unpackClaims } from '@app/contracts';
import type { WorkerProcess } from './processes.js';
import type { World } from './world.js';

/**
 * Claims that Redis lost with its disk and that nobody else has: neither ledger, queue nor a process that lives. Whoever was
 * told of them was told the truth, and no service can keep it. Looked for whenever somebody may have been the last to know;
 * while the disk is whole the store knows them all.
 */
export function noteWhatNobodyKnows(world: World, workers: readonly WorkerProcess[]): void {
  if (!world.diskWasLost) return;
  const known = new Set<string>();
  const add = (packetId: string, { userId, ordinal }: { userId: string; ordinal: number }) =>
    known.add(`${packetId} ${userId} ${ordinal}`);
  for (const { packetId } of world.packets)
    for (const claim of world.store.claimsNow(packetId)) add(packetId, claim);
  for (const { packetId, claims } of world.store.entriesNow())
    for (const claim of claims) add(packetId, claim);
  for (const claim of world.ledger.tables.claims.rows.values()) add(claim.packetId, claim);
  const alive = workers.filter(({ process }) => !process.dead);
  const jobs = [...world.settlement.jobs, ...alive.flatMap(({ held }) => [...held])];
  for (const { data } of jobs) for (const claim of unpackClaims(data.claims)) add(claim.packetId, claim);
  for (const { packetId, claims } of alive.flatMap(({ entriesInHand }) => entriesInHand))
    for (const claim of claims) add(packetId, claim);
  for (const [key, win] of world.record.made) if (!known.has(key)) world.record.lose(win);
}
