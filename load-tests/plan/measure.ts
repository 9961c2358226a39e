import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem, type as osType } from 'node:os';
import { checkoutRoot } from '@app/local-stack';
import { COST_NAMES, COSTS, type CostName, type CostsFile } from './costs.ts';
import { UsageError } from './options.ts';
import { measurePostgres } from './probe/postgres.ts';
import { measureQueue } from './probe/queue.ts';
import { measureRedis } from './probe/redis.ts';
import { measureService } from './probe/service.ts';
import { measureSockets } from './probe/sockets.ts';

const PROBES: Record<string, (say: (line: string) => void) => Promise<Partial<Record<CostName, number>>>> = {
  redis: measureRedis,
  queues: measureQueue,
  sockets: measureSockets,
  postgres: measurePostgres,
  service: (say) => measureService((line) => say(`  ${line}`)),
};

/**
 * Every cost, or those of `only` one probe with the others as they were in `earlier`: through the real code on this machine.
 * Starts what it needs, and leaves nothing behind. Throws UsageError for a probe that there is not.
 */
export async function measureCosts(
  say: (line: string) => void,
  { only, earlier }: { only?: string | undefined; earlier?: CostsFile | undefined } = {},
): Promise<CostsFile> {
  if (only !== undefined && !PROBES[only])
    throw new UsageError(`there is no probe ${only}; there are ${Object.keys(PROBES).join(', ')}`);
  const costs: Partial<CostsFile['costs']> = only === undefined ? {} : { ...earlier?.costs };
  for (const name of only === undefined ? Object.keys(PROBES) : [only]) {
    say(`measuring ${name}`);
    const found = await PROBES[name]!(say);
    const from = `npm run plan -- --measure --only ${name}, ${new Date().toISOString().slice(0, 10)}`;
    for (const [cost, value] of Object.entries(found) as [CostName, number][])
      costs[cost] = { value: rounded(value), unit: COSTS[cost][0], from };
  }
  const missing = COST_NAMES.filter((name) => !costs[name]);
  if (missing.length > 0)
    throw new UsageError(`nothing measured ${missing.join(', ')}: measure without --only`);
  return {
    ...{ version: 1, measuredAt: new Date().toISOString(), commit: commitOf() },
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      os: `${osType()} ${release()}`,
    },
    versions: { node: process.versions.node },
    costs: Object.fromEntries(COST_NAMES.map((name) => [name, costs[name]])) as CostsFile['costs'],
  };
}

const rounded = (value: number) => Number(value.toPrecision(4));

/** With a `+` when something that is not committed was measured. */
function commitOf(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: checkoutRoot, encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no');
    return git('rev-parse', '--short', 'HEAD') + (changed ? '+' : '');
  } catch {
    return 'unknown';
  }
}
