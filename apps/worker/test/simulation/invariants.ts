import { splitLucky } from '@app/domain';
import type { Transfer } from './ledger/tables.js';
import type { World } from './world.js';

/** After each COMMIT: what holds at every instant, from the rows alone. I1 to I4. */
export function checkLedger({ ledger, record, packets }: World): void {
  const { accounts, transfers, claims } = ledger.tables;
  let total = 0;
  const moved = new Map<number, number>();
  const byPacket = new Map<string, Transfer[]>();
  for (const transfer of transfers.rows.values()) {
    moved.set(transfer.debit, (moved.get(transfer.debit) ?? 0) - transfer.amount);
    moved.set(transfer.credit, (moved.get(transfer.credit) ?? 0) + transfer.amount);
    const { packetId } = transfer;
    if (packetId) byPacket.set(packetId, [...(byPacket.get(packetId) ?? []), transfer]);
  }
  for (const { accountId, kind, owner, balance } of accounts.rows.values()) {
    total += balance;
    if (balance < 0 && kind !== 'provider') record.breaks('I3', `${kind} of ${owner} has ${balance}`);
    if (balance !== (moved.get(accountId) ?? 0))
      record.breaks(
        'I4',
        `${kind} of ${owner} has ${balance}, its transfers make ${moved.get(accountId) ?? 0}`,
      );
  }
  if (total !== 0) record.breaks('I4', `all accounts together have ${total}`);
  const seen = new Set<string>();
  for (const { packetId, ordinal, userId } of claims.rows.values())
    for (const key of [`${packetId} share ${ordinal}`, `${packetId} of ${userId}`]) {
      if (seen.has(key)) record.breaks('I2', `two claims: ${key}`);
      seen.add(key);
    }
  for (const { packetId, amount } of packets) checkPacket(packetId, amount, byPacket.get(packetId) ?? []);

  function checkPacket(packetId: string, amount: number, own: Transfer[]): void {
    if (own.length === 0) return;
    const sumOf = (kind: string) =>
      own.reduce((sum, transfer) => sum + (transfer.kind === kind ? transfer.amount : 0), 0);
    const row = ledger.tables.packets.rows.get(packetId);
    const escrow = sumOf('fund') - sumOf('settle') - sumOf('refund');
    const claimed = [...claims.rows.values()].reduce(
      (sum, claim) => sum + (claim.packetId === packetId ? claim.amount : 0),
      0,
    );
    if (sumOf('fund') !== amount)
      record.breaks('I1', `${packetId}: ${sumOf('fund')} of ${amount} was funded`);
    if (escrow < 0 || claimed !== sumOf('settle') || claimed !== row?.claimedAmount)
      record.breaks('I1', `${packetId}: claims ${claimed}, paid ${sumOf('settle')}, left ${escrow}`);
    if (row?.closedAt && (escrow !== 0 || sumOf('refund') !== row.refunded))
      record.breaks('I1', `${packetId}: closed, ${escrow} left in escrow, ${sumOf('refund')} refunded`);
  }
}

/** After quiet: what clients were told against what the ledger has. I2, I5, I6, and that no packet was frozen. */
export function checkOutcome(world: World): void {
  const { ledger, record, packets } = world;
  const claims = [...ledger.tables.claims.rows.values()];
  for (const { packetId, seed, amount, count, kind } of packets) {
    const shares =
      kind === 'fixed'
        ? Array.from({ length: count }, () => amount / count)
        : splitLucky(seed, { amount, count, min: 1, max: amount });
    for (const claim of claims)
      if (claim.packetId === packetId && claim.amount !== shares[claim.ordinal - 1])
        record.breaks(
          'I2',
          `share ${claim.ordinal} is ${shares[claim.ordinal - 1]}, ${claim.amount} was paid`,
        );
  }
  const owners = new Map<string, string>();
  for (const win of record.acked.values()) {
    if (record.isLost(win)) continue;
    const { packetId, userId, ordinal, amount } = win;
    const share = `${packetId} ${ordinal}`;
    const other = owners.get(share);
    if (other && other !== userId)
      record.breaks('I2', `share ${ordinal} was acked to ${other} and ${userId}`);
    owners.set(share, userId);
    const own = claims.filter((claim) => claim.packetId === packetId && claim.userId === userId);
    if (own.length !== 1 || own[0]!.ordinal !== ordinal || own[0]!.amount !== amount)
      record.breaks(
        'I5',
        `${userId} was told of share ${ordinal}, and the ledger has ${own.length} claims of theirs`,
      );
  }
  for (const { packetId, userId, ordinal } of claims) {
    const { asked, refused } = record.of(packetId, userId);
    const wasTold = [...record.acked.values()].some(
      (win) => win.packetId === packetId && win.userId === userId,
    );
    if (!wasTold && asked === refused)
      record.breaks('I6', `${userId} was refused ${refused} of ${asked} times and has share ${ordinal}`);
  }
}

/** After quiet: nothing is on its way. I9. */
export function checkQuiet({ store, settlement, closing, record, ledger }: World): void {
  if (store.size > 0) record.breaks('I9', `${store.size} entries are left in the outbox`);
  for (const queue of [settlement, closing])
    if (!queue.empty) record.breaks('I9', `jobs are left in the queue ${queue.name}`);
  for (const { packetId, state, retiredAt, frozenReason } of ledger.tables.packets.rows.values())
    if (!retiredAt && !frozenReason) record.breaks('I9', `packet ${packetId} is ${state} and never ends`);
}
