import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withClient } from './postgres.js';
import { startRedis } from './redis.js';

/** A folder of the caller's own that the postgres user can pass through. */
export function throwawayFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `hongbao-${name}-`));
  chmodSync(folder, 0o711);
  return folder;
}

/** An empty database of the test's own, on the server of `databaseUrl`. `drop` also cuts connections left open. */
export async function createTestDatabase(
  databaseUrl: string,
): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withClient(databaseUrl, (client) => client.query(`CREATE DATABASE ${name}`));
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      await withClient(databaseUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

/** An empty Redis of the test's own; it is up in some 50 ms, so no two tests need to share one. */
export async function startTestRedis(
  options: { appendOnly?: 'always' | 'everysec' | 'off'; extraArgs?: string[] } = {},
): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const dir = throwawayFolder('redis');
  const { url, pid, stop } = await startRedis({ dir, ...options });
  return {
    url,
    pid,
    async stop() {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
