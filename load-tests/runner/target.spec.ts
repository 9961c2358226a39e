import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processIdentity } from '@app/local-stack';
import { findTarget } from './target.ts';

let dataDir: string;
beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'target-'))));
afterEach(() => rmSync(dataDir, { recursive: true }));

const identity = processIdentity(process.pid)!;

/** As if this process were the service. */
function runs(change: object = {}): void {
  const record = {
    ...{ pid: process.pid, identity, url: 'http://127.0.0.1:8123' },
    ...{
      pids: { gateway: process.pid, api: 1 },
      identities: { gateway: identity, api: 'of an earlier process' },
    },
    ...{ databaseUrl: 'postgres://db', redisUrl: 'redis://r', env: { JWT_SECRET: 's'.repeat(32) } },
  };
  writeFileSync(join(dataDir, 'run.json'), JSON.stringify({ ...record, ...change }));
}

const find = (given?: string, env: Record<string, string> = {}) =>
  findTarget(given, { HONGBAO_DATA_DIR: dataDir, ...env });

describe('the target', () => {
  it('is the service that runs here, with its processes, its stores and its secret', () => {
    runs();
    const target = find();
    expect(target).toMatchObject({
      ...{
        url: 'http://127.0.0.1:8123',
        isThisMachine: true,
        jwt: { secret: 's'.repeat(32), issuer: 'hongbao' },
      },
      ...{
        stores: { databaseUrl: 'postgres://db', redisUrl: 'redis://r' },
        auditEnv: { HONGBAO_DATA_DIR: dataDir },
      },
    });
    expect(target.local!.pids()).toEqual({ gateway: process.pid });
  });

  it('that was given is local when it is that service, however it is written', () => {
    runs();
    expect(find('http://localhost:8123/').local).toBeDefined();
    expect(find('http://127.0.0.1:9999').local).toBeUndefined();
  });

  it('elsewhere is known by its URL only', () => {
    runs();
    expect(find('https://load.example')).toEqual({ url: 'https://load.example', isThisMachine: false });
  });

  it('has stores where the environment names them', () => {
    const env = { DATABASE_URL: 'postgres://other', REDIS_URL: 'redis://other', SEED_KEY: 'k' };
    expect(find('https://load.example', env)).toMatchObject({
      stores: { databaseUrl: 'postgres://other', redisUrl: 'redis://other' },
      auditEnv: env,
    });
  });

  it('without any service is the usual port; a record that a killed service left is none', () => {
    expect(find()).toEqual({ url: 'http://127.0.0.1:8080', isThisMachine: true });
    runs({ identity: 'of an earlier process' });
    expect(find().url).toBe('http://127.0.0.1:8080');
  });
});
