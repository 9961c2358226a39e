import type { ClaimEntity } from '@app/ledger';
import type { Statement } from './statements.js';
import { accountKey, claimKey, refusal, userKey } from './tables.js';
import type { Transaction } from './transaction.js';

interface GivenClaim {
  packetId: string;
  ordinal: number;
  userId: string;
  amount: number;
  atMs: number;
}

/** The columns `$1…$5` of libs/ledger/src/settlement-statement.ts, in Postgres's text form, as rows. */
function givenClaims(values: readonly string[]): GivenClaim[] {
  const [packetIds, ordinals, userIds, amounts, instants] = values.slice(0, 5).map(elementsOf);
  return packetIds!.map((packetId, k) => ({
    packetId,
    ordinal: Number(ordinals![k]),
    userId: userIds![k]!,
    amount: Number(amounts![k]),
    atMs: Number(instants![k]),
  }));
}

/** User ids of the simulation need no escape. */
function elementsOf(array: string): string[] {
  const inside = array.slice(1, -1).replaceAll('"', '');
  return inside === '' ? [] : inside.split(',');
}

function escrowOf(packetId: string, tx: Transaction) {
  const packet = tx.get(tx.tables.packets, packetId);
  return packet && tx.get(tx.tables.accounts, accountKey('escrow', packetId, packet.currency));
}

function locksOfSettlement(values: string[]): string[] {
  const claims = givenClaims(values);
  const [owners, currencies] = [elementsOf(values[9]!), elementsOf(values[10]!)];
  return [
    ...claims.map(({ packetId, ordinal }) => `claims ${claimKey(packetId, ordinal)}`),
    ...claims.map(({ packetId, userId }) => `claims ${userKey(packetId, userId)}`),
    ...claims.map(({ packetId }) => `accounts ${accountKey('escrow', packetId, currencies[0]!)}`),
    ...owners.map((owner, k) => `accounts ${accountKey('wallet', owner, currencies[k]!)}`),
  ];
}

function settle(values: string[], tx: Transaction, at: Date) {
  const { tables } = tx;
  const claims = givenClaims(values);
  for (const { packetId, ordinal, userId, amount, atMs } of claims) {
    if (amount <= 0 || ordinal <= 0) throw refusal('23514', `claim ${ordinal} over ${amount}`);
    const claim: ClaimEntity = { packetId, ordinal, userId, amount, claimedAt: new Date(atMs) };
    tx.insert(tables.claims, claimKey(packetId, ordinal), claim);
    tx.insert(tables.claimUsers, userKey(packetId, userId), { ordinal });
  }
  const [packetIds, counts, sums] = [values[5]!, values[7]!, values[8]!].map(elementsOf);
  for (const [k, packetId] of packetIds!.entries()) {
    const packet = tx.get(tables.packets, packetId)!;
    tx.addTo('escrow', packetId, packet.currency, -Number(sums![k]));
    tx.updatePacket(packetId, {
      claimedCount: packet.claimedCount + Number(counts![k]),
      claimedAmount: packet.claimedAmount + Number(sums![k]),
    });
  }
  const [owners, currencies, gains] = [values[9]!, values[10]!, values[11]!].map(elementsOf);
  for (const [k, owner] of owners!.entries()) tx.addTo('wallet', owner, currencies![k]!, Number(gains![k]));
  const credits = claims.map(({ packetId, ordinal, userId, amount }, k) => {
    const escrow = escrowOf(packetId, tx)!;
    const wallet = tx.get(tables.accounts, accountKey('wallet', userId, escrow.currency))!;
    const row = tx.transfer({
      ...{ transferKey: `settle:${packetId}:${ordinal}`, kind: 'settle', amount, packetId, at },
      ...{ debit: escrow.accountId, credit: wallet.accountId, currency: escrow.currency },
    });
    return `${k + 1} ${row.transferId} ${wallet.balance}`;
  });
  return [{ credits: credits.length > 0 ? credits.join(' ') : null, at }];
}

export const settlementStatements: Statement[] = [
  {
    text: 'p.claimed_count AS "claimedCount",',
    locks: ([packetIds]: string[]) => elementsOf(packetIds!).map((packetId) => `packets ${packetId}`),
    run: ([packetIds]: string[], tx) =>
      elementsOf(packetIds!)
        .toSorted()
        .flatMap((packetId) => {
          const packet = tx.get(tx.tables.packets, packetId);
          if (!packet) return [];
          const { currency, closedAt, count, claimedCount } = packet;
          const escrowId = escrowOf(packetId, tx)?.accountId ?? null;
          return [{ packetId, currency, closed: closedAt !== null, count, claimedCount, escrowId }];
        }),
  },
  { text: 'WITH given AS MATERIALIZED', locks: locksOfSettlement, run: settle },
  {
    text: 'AS same',
    run: (values: string[], tx) =>
      givenClaims(values).flatMap(({ packetId, ordinal, userId, amount }, k) => {
        const other = tx.get(tx.tables.claimUsers, userKey(packetId, userId));
        const near = [
          tx.get(tx.tables.claims, claimKey(packetId, ordinal)),
          other && tx.get(tx.tables.claims, claimKey(packetId, other.ordinal)),
        ].filter((claim) => claim !== undefined);
        if (near.length === 0) return [];
        const same = near.every(
          (claim) => claim.ordinal === ordinal && claim.userId === userId && claim.amount === amount,
        );
        return [{ n: k + 1, same }];
      }),
  },
];
