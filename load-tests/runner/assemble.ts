import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { connectObserver, whenReady } from '@app/redis';
import { checkoutRoot } from '@app/local-stack';
import pg from 'pg';
import type { Plan } from '../model/plan.ts';
import type { Money, Result, Saturation } from '../model/result.ts';
import type { Verdict, Workload } from '../model/workload.ts';
import { bottleneckOf } from './bottleneck.ts';
import { breakpointOf } from './breakpoint.ts';
import { judge } from './judge.ts';
import type { Mark } from './marks.ts';
import { marksOfPlan } from './marks.ts';
import type { Merged } from './merge.ts';
import { seriesOf, totalsOf } from './series.ts';
import type { Target } from './target.ts';

const STORE_MS_MAX = 2_000;

export interface RunFacts {
  plan: Plan;
  workload: Workload;
  verdict: Verdict;
  scale: number;
  target: Target;
  merged: Merged;
  saturation: Saturation[];
  money: Money;
  complete: boolean;
  brokeAtSecond?: number;
  k6: { processes: number; version: string };
  versions: Record<string, string>;
  /** Given by hand. */
  marks: Mark[];
}

/** All that the report shows. */
export function assemble(facts: RunFacts): Result {
  const { plan, workload, verdict, merged, saturation, brokeAtSecond } = facts;
  const totals = totalsOf(merged, plan.seconds);
  const rule = verdict.breakpoint;
  const breakpoint =
    rule && brokeAtSecond !== undefined ? breakpointOf(merged, rule, brokeAtSecond, saturation) : undefined;
  const broke: Mark[] = breakpoint
    ? [
        {
          atSecond: breakpoint.atSecond,
          what: `${breakpoint.metric} over ${breakpoint.atMost} ms`,
          kind: 'break',
        },
      ]
    : [];
  const { title, about, sources, assumptions } = workload;
  return {
    ...{ version: 1, runId: plan.runId, workload: workload.name, title, about, sources, assumptions },
    ...{ scale: facts.scale, seconds: plan.seconds, startedAt: new Date(plan.startsAtMs).toISOString() },
    ...{ target: plan.target, complete: facts.complete, machine: machineOf(facts.target), commit: commit() },
    versions: facts.versions,
    k6: { processes: facts.k6.processes, vus: plan.vus, version: facts.k6.version },
    people: { connected: merged.connected, failed: merged.failed, watchers: watchersOf(plan) },
    ...{ series: seriesOf(merged, plan.seconds), totals, saturation },
    verdicts: judge(verdict.thresholds, { totals, saturation }),
    money: facts.money,
    bottleneck: bottleneckOf(merged, saturation, plan.seconds),
    ...(breakpoint ? { breakpoint } : {}),
    marks: [...marksOfPlan(plan), ...facts.marks, ...broke].toSorted((a, b) => a.atSecond - b.atSecond),
  };
}

function watchersOf({ parts }: Plan): number {
  return parts.reduce(
    (sum, part) =>
      sum +
      (part.kind === 'crowd'
        ? part.watchers.length
        : part.rooms.reduce((inRooms, { watchers }) => inRooms + watchers.length, 0)),
    0,
  );
}

function machineOf(target: Target): Result['machine'] {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    os: `${type()} ${release()}`,
    sameAsTarget: target.isThisMachine,
  };
}

/** With a plus where files differ from it; `unknown` outside of a checkout. */
function commit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: checkoutRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}

/** Of what can be asked: Redis and Postgres only where they are in reach. */
export async function versionsOf(target: Target, k6Version: string): Promise<Record<string, string>> {
  const [redis, postgres] = await Promise.all([
    target.stores ? redisVersion(target.stores.redisUrl) : undefined,
    target.stores ? postgresVersion(target.stores.databaseUrl) : undefined,
  ]);
  const socketIo = JSON.parse(
    readFileSync(join(checkoutRoot, 'node_modules/socket.io/package.json'), 'utf8'),
  ) as { version: string };
  return {
    node: process.versions.node,
    k6: k6Version,
    'socket.io': socketIo.version,
    ...(redis ? { redis } : {}),
    ...(postgres ? { postgres } : {}),
  };
}

async function redisVersion(url: string): Promise<string | undefined> {
  const client = connectObserver(url, STORE_MS_MAX);
  try {
    await whenReady(client, STORE_MS_MAX);
    return /^redis_version:(\S+)/m.exec(await client.info('server'))?.[1];
  } catch {
    return undefined;
  } finally {
    client.disconnect();
  }
}

async function postgresVersion(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: STORE_MS_MAX });
  client.on('error', () => {}); // asked once, and what breaks afterwards is of no interest
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}
