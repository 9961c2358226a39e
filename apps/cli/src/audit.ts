import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { audit } from '@app/audit';
import { findDeployment, NoDeploymentError, type FoundDeployment } from './find-deployment.js';
import { describeReport } from './print-report.js';
import { openStores, reasonOf, StoreError } from './stores.js';

const USAGE = 'npm run audit [-- --json]';
const CHECKOUT = join(import.meta.dirname, '../../..');
const [OK, BROKEN, UNUSABLE] = [0, 1, 2];

/** `npm run audit`: checks I1 to I10 on a running deployment. Exit 0 ok, 1 broken, 2 nothing could be checked. */
async function main(): Promise<number> {
  const { json } = parseArgs({ options: { json: { type: 'boolean', default: false } } }).values;
  const deployment = findDeployment(process.env, process.env.HONGBAO_DATA_DIR || join(CHECKOUT, '.data'));
  if (!deployment.seedKey) {
    console.error('SEED_KEY is not set: the split of packets that are not closed is not recomputed');
  }
  const startedAt = performance.now();
  const report = await auditOf(deployment);
  const { ok, checked, broken } = report;
  const text = json
    ? JSON.stringify({ ok, checked, broken })
    : describeReport(report, performance.now() - startedAt);
  process.stdout.write(`${text}\n`);
  return ok ? OK : BROKEN;
}

async function auditOf(deployment: FoundDeployment) {
  const { pool, money, queue, close } = await openStores(deployment);
  try {
    const { seedKey } = deployment;
    return await audit({ pg: pool, money, queue, ...(seedKey ? { seedKey } : {}) });
  } finally {
    await close();
  }
}

function describe(error: unknown): string {
  if (error instanceof NoDeploymentError || error instanceof StoreError) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code?.startsWith('ERR_PARSE_ARGS')) return `${reasonOf(error)}. Usage: ${USAGE}`;
  if (code === '42P01') return `${reasonOf(error)}: is this the database of Hongbao, and is it migrated?`;
  return `the audit was cut short: ${reasonOf(error)}`;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(describe(error));
  process.exitCode = UNUSABLE;
}
