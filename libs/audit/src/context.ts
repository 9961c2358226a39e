import type { Redis } from 'ioredis';
import type { SeedVault } from '@app/ledger';
import type { AckedWin, OtherAnswer } from './deployment.js';
import type { Finding } from './findings.js';
import type { PacketInBoth } from './packet-in-both.js';
import type { Snapshot } from './snapshot.js';

/** What one pass of the audit works with. */
export interface Pass {
  db: Snapshot;
  money: Redis;
  queue?: Redis | undefined;
  vault?: SeedVault | undefined;
  /** Redis's clock just before the snapshot of Postgres was taken: older claims were there to be settled. */
  startedAtMs: number;
  graceMs: number;
  ackedWins: readonly AckedWin[];
  refused: readonly OtherAnswer[];
}

export type Report = (finding: Finding) => void;

/** Over the whole of Postgres. It is one instant, so what is found there is certain. */
export type LedgerCheck = (pass: Pass, report: Report) => Promise<void>;
/** Over one packet as both stores have it. They are read one after the other, so what is found may be on its way. */
export type PacketCheck = (packet: PacketInBoth, pass: Pass, report: Report) => void;
/** Over whatever else may be on its way: streams, queues, schedules, what clients were told. */
export type FlowCheck = (pass: Pass, report: Report) => Promise<void>;
