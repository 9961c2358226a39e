import type { FlowCheck, LedgerCheck, PacketCheck } from '../context.js';
import { frozenPackets } from './frozen-packets.js';
import { campaignMoneyAddsUp } from './i1-campaign-money-adds-up.js';
import { packetMoneyAddsUp } from './i1-packet-money-adds-up.js';
import { storedPacketsKnown, storesAgree } from './i10-restart-changes-nothing.js';
import { claimedOnce, claimsAsSplit } from './i2-one-claim-as-split.js';
import { nothingUnderZero } from './i3-nothing-under-zero.js';
import { transfersBalance } from './i4-transfers-balance.js';
import { transfersPair } from './i4-transfers-pair.js';
import { ackedWinsSettled, storedClaimsSettled } from './i5-wins-are-settled.js';
import { capsHold } from './i6-caps-hold.js';
import { claimsHavePackets, refusedNotSettled, settledClaimsKnown } from './i6-refused-not-settled.js';
import { emptyWhenTaken, finishedWhenTaken } from './i7-empty-when-taken.js';
import { claimsInTime, storedClaimsInTime } from './i8-claims-in-time.js';
import { outboxIsEmpty } from './i9-outbox-is-empty.js';
import { packetsMoveOn } from './i9-packets-move-on.js';
import { queueIsEmpty } from './i9-queue-is-empty.js';

export const ledgerChecks: readonly LedgerCheck[] = [
  packetMoneyAddsUp,
  campaignMoneyAddsUp,
  frozenPackets,
  claimedOnce,
  nothingUnderZero,
  transfersBalance,
  transfersPair,
  claimsHavePackets,
  capsHold,
  finishedWhenTaken,
  claimsInTime,
];

export const packetChecks: readonly PacketCheck[] = [
  claimsAsSplit,
  storedClaimsSettled,
  settledClaimsKnown,
  storedClaimsInTime,
  storesAgree,
];

export const flowChecks: readonly FlowCheck[] = [
  ackedWinsSettled,
  refusedNotSettled,
  emptyWhenTaken,
  outboxIsEmpty,
  queueIsEmpty,
  packetsMoveOn,
  storedPacketsKnown,
];
