import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot, processIdentity } from '@app/local-stack';
import type { TokenSettings } from '../setup/people.ts';

const DEFAULT_TARGET = 'http://127.0.0.1:8080';

type Environment = Record<string, string | undefined>;

/** The service to load. `local`: it runs on this machine, started by `npm start`, and says where its parts are. */
export interface Target {
  url: string;
  local?: LocalService;
  /** Signs people's tokens, where the secret is known. */
  jwt?: TokenSettings;
  /** Where the audit finds the stores; undefined where nobody said. */
  auditEnv?: Environment;
  /** For their versions only. */
  stores?: { databaseUrl: string; redisUrl: string };
  /** Its clock less ours, once somebody has asked. */
  clockAheadMs?: number;
  isThisMachine: boolean;
}

export interface LocalService {
  /** As of now: a part that was started again has another pid. */
  pids(): Record<string, number>;
}

interface RunRecord {
  url: string;
  databaseUrl?: string;
  redisUrl?: string;
  /** Of `npm start` itself. */
  pid: number;
  identity: string;
  env?: Record<string, string>;
  pids: Record<string, number>;
  identities: Record<string, string>;
}

/** `given`: a URL, else the service of this checkout that runs, else the usual port. */
export function findTarget(given: string | undefined, env: Environment = process.env): Target {
  const dataDir = env.HONGBAO_DATA_DIR || join(checkoutRoot, '.data');
  const running = readRun(dataDir);
  const url = (given ?? running?.url ?? DEFAULT_TARGET).replace(/\/+$/, '');
  const isLocal = running !== undefined && sameService(url, running.url);
  const jwt = jwtOf(env) ?? (isLocal ? jwtOf(running.env ?? {}) : undefined);
  const stores =
    storesOf(env) ??
    (isLocal ? storesOf({ DATABASE_URL: running.databaseUrl, REDIS_URL: running.redisUrl }) : undefined);
  return {
    url,
    isThisMachine: isLocal || LOOPBACK.test(url),
    ...(jwt ? { jwt } : {}),
    ...(isLocal ? { local: { pids: () => livingPids(dataDir) } } : {}),
    ...(stores ? { stores, auditEnv: { ...storeSettings(env), HONGBAO_DATA_DIR: dataDir } } : {}),
  };
}

const STORE_SETTINGS = ['DATABASE_URL', 'REDIS_URL', 'REDIS_MONEY_URL', 'REDIS_QUEUE_URL', 'SEED_KEY'];

function storeSettings(env: Environment): Environment {
  return Object.fromEntries(STORE_SETTINGS.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

const LOOPBACK = /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/;

function storesOf({ DATABASE_URL, REDIS_URL, REDIS_MONEY_URL }: Environment): Target['stores'] {
  const redisUrl = REDIS_MONEY_URL || REDIS_URL;
  return DATABASE_URL && redisUrl ? { databaseUrl: DATABASE_URL, redisUrl } : undefined;
}

/** `localhost`, `127.0.0.1` and `[::1]` on one port are one service. */
function sameService(a: string, b: string): boolean {
  const normal = (url: string) =>
    URL.canParse(url) ? new URL(url).origin.replace(/\/\/(localhost|\[::1\])(?=:|$)/, '//127.0.0.1') : url;
  return normal(a) === normal(b);
}

function jwtOf({ JWT_SECRET, JWT_ISSUER, JWT_AUDIENCE }: Environment): TokenSettings | undefined {
  if (!JWT_SECRET) return undefined;
  return { secret: JWT_SECRET, issuer: JWT_ISSUER || 'hongbao', audience: JWT_AUDIENCE || 'hongbao' };
}

function readRun(dataDir: string): RunRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as RunRecord;
    // What a killed launcher left behind names ports that may be anybody's by now.
    return processIdentity(record.pid) === record.identity ? record : undefined;
  } catch {
    return undefined;
  }
}

function livingPids(dataDir: string): Record<string, number> {
  const { pids = {}, identities = {} } = readRun(dataDir) ?? {};
  return Object.fromEntries(
    Object.entries(pids).filter(([name, pid]) => processIdentity(pid) === identities[name]),
  );
}
