import type { CloseAnswer, GatedMemoryStore, OutboxEntry, RebuildOrder } from '@app/packet-store';
import { accountKey } from './ledger/tables.js';
import type { World } from './world.js';

/** The store as a process sees it, with what was planted. */
export function mistakenStore(world: World, store: GatedMemoryStore): GatedMemoryStore {
  const { mistakes } = world;
  const changed: Partial<GatedMemoryStore> = {};
  if (mistakes.checksIgnored)
    changed.rebuild = ({ check: _check, ...order }: RebuildOrder) => store.rebuild(order);
  if (mistakes.armAfresh) changed.rebuild = (order: RebuildOrder) => store.rebuild({ ...order, claims: [] });
  if (mistakes.closeWithoutWaiting)
    changed.close = async (packetId) => asTheLedgerHasIt(world, packetId, await store.close(packetId));
  return with_(store, changed);
}

function asTheLedgerHasIt({ ledger }: World, packetId: string, answer: CloseAnswer): CloseAnswer {
  if (!('remaining' in answer)) return answer;
  const { count, amount, claimedCount, claimedAmount } = ledger.tables.packets.rows.get(packetId)!;
  return { ...answer, remaining: { count: count - claimedCount, amount: amount - claimedAmount } };
}

export function mistakenOutbox(world: World, outbox: GatedMemoryStore): GatedMemoryStore {
  const { mistakes, store } = world;
  const acknowledge = (entries: OutboxEntry[]) =>
    Promise.all(entries.map(({ slot, id }) => store.acknowledge(slot, [id])));
  const changed: Partial<GatedMemoryStore> = {};
  if (mistakes.ackOnRead)
    changed.readNew = async (max) => {
      const entries = await outbox.readNew(max);
      await acknowledge(entries);
      return entries;
    };
  if (mistakes.relaySkips)
    changed.readNew = async (max) => {
      const entries = await outbox.readNew(max);
      await acknowledge(entries.slice(0, -1));
      return entries.slice(-1);
    };
  return with_(outbox, changed);
}

/** What was left goes back once more, by whoever finds the packet closed; no key and no limit is in the way. */
export function refundAgain({ ledger, nowMs }: World, packetId: string): void {
  const { accounts, packets, transfers } = ledger.tables;
  const { senderId, currency, refunded: amount } = packets.rows.get(packetId)!;
  if (amount === 0) return;
  const move = (key: string, by: number) => {
    const account = accounts.rows.get(key)!;
    accounts.rows.set(key, { ...account, balance: account.balance + by });
    return account.accountId;
  };
  const debit = move(accountKey('escrow', packetId, currency), -amount);
  const credit = move(accountKey('wallet', senderId, currency), amount);
  const transferId = ledger.tables.nextId();
  transfers.rows.set(`refund:${packetId}:${transferId}`, {
    ...{ transferId, transferKey: `refund:${packetId}:${transferId}`, kind: 'refund', debit, credit, amount },
    ...{ currency, packetId, at: new Date(nowMs) },
  });
}

function with_<T extends object>(of: T, changed: Partial<T>): T {
  return Object.keys(changed).length === 0 ? of : Object.assign(Object.create(of) as T, changed);
}
