import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { SeedVault } from '@app/ledger';
import { flowChecks, ledgerChecks, packetChecks } from './checks/index.js';
import type { Pass } from './context.js';
import {
  GRACE_MS_DEFAULT,
  RECHECK_DELAYS_MS_DEFAULT,
  type AckedWin,
  type AuditOptions,
  type Deployment,
  type OtherAnswer,
} from './deployment.js';
import { Findings, type Finding } from './findings.js';
import { packetsInBoth } from './packet-in-both.js';
import type { AuditReport } from './report.js';
import { inSnapshot, type Snapshot } from './snapshot.js';

/**
 * The checks of the ledger join whole tables. On tables that grew since they were last analysed the planner guesses a
 * few hundred rows and loops: over 600,000 transfers that took more than 5 minutes, and seconds without loops.
 */
const WHOLE_TABLES = 'SET LOCAL enable_nestloop = off';
const AS_USUAL = 'SET LOCAL enable_nestloop = on';

interface Fixed {
  vault: SeedVault | undefined;
  graceMs: number;
  ackedWins: readonly AckedWin[];
  refused: readonly OtherAnswer[];
}

/**
 * Checks I1 to I10 on the stores of a deployment, which may be at work meanwhile. Postgres is read at one instant and
 * Redis a little later, so what only differs between the two is doubtful: it is looked at again, in new snapshots, over
 * some seconds, and is reported when it stays. Rejects when a store can't be read.
 */
export async function audit(deployment: Deployment, options: AuditOptions = {}): Promise<AuditReport> {
  const { graceMs = GRACE_MS_DEFAULT, recheckDelaysMs = RECHECK_DELAYS_MS_DEFAULT } = options;
  const fixed: Fixed = {
    vault: deployment.seedKey ? new SeedVault(deployment.seedKey) : undefined,
    graceMs,
    ackedWins: [...(deployment.ackedWins ?? [])],
    refused: [...(deployment.refused ?? [])],
  };
  const certain = new Findings();
  let checked: AuditReport['checked'] = { packets: 0, claims: 0, transfers: 0 };
  let doubtful = await passOver(deployment, fixed, async (pass) => {
    checked = await countAll(pass.db);
    await pass.db.query(WHOLE_TABLES);
    for (const check of ledgerChecks) await check(pass, (finding) => certain.add(finding));
    await pass.db.query(AS_USUAL);
    return lookAcrossStores(pass);
  });
  for (const ms of recheckDelaysMs) {
    if (doubtful.empty) break;
    await delay(ms);
    const packetIds = doubtful.packetIds;
    const again = await passOver(deployment, fixed, (pass) => lookAcrossStores(pass, packetIds));
    doubtful = doubtful.stillIn(again);
  }
  certain.addAll(doubtful);
  const broken = certain.toBroken();
  return { ok: broken.length === 0, checked, broken };
}

async function passOver<T>(
  deployment: Deployment,
  fixed: Fixed,
  work: (pass: Pass) => Promise<T>,
): Promise<T> {
  const { pg, money, queue } = deployment;
  // First the clock, then the snapshot: a claim older than this instant by the grace was there to be settled before it.
  const startedAtMs = await nowMs(money);
  return inSnapshot(pg, (db) => work({ ...fixed, db, money, queue, startedAtMs }));
}

/** All packets, or those of `packetIds`, and everything that flows. */
async function lookAcrossStores(pass: Pass, packetIds?: readonly string[]): Promise<Findings> {
  const findings = new Findings();
  const report = (finding: Finding) => findings.add(finding);
  for await (const packet of packetsInBoth(pass.db, pass.money, pass.vault, packetIds)) {
    for (const check of packetChecks) check(packet, pass, report);
  }
  for (const check of flowChecks) await check(pass, report);
  return findings;
}

async function countAll(db: Snapshot): Promise<AuditReport['checked']> {
  const [counts] = await db.query<AuditReport['checked']>(
    `SELECT (SELECT count(*)::float8 FROM packets) AS packets, (SELECT count(*)::float8 FROM claims) AS claims,
       (SELECT count(*)::float8 FROM transfers) AS transfers`,
  );
  return counts!;
}

async function nowMs(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
