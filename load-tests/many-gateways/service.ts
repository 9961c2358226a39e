import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkoutRoot,
  freePort,
  removePostgres,
  stopProcess,
  throwawayFolder,
  waitUntil,
} from '@app/local-stack';

const START_MS_MAX = 240_000;
const STOP_MS_MAX = 20_000;

export interface ManyGateways {
  gatewayUrls: string[];
  env: Record<string, string>;
  /** By name: gateway, gateway-2, api, worker, redis. */
  pids: Record<string, number>;
  stop(): Promise<void>;
}

/** `npm start` with data of its own, and a second gateway beside the first. */
export async function startManyGateways(): Promise<ManyGateways> {
  const folder = throwawayFolder('many-gateways');
  const dataDir = join(folder, 'data');
  const [port, second] = [await freePort(), await freePort()];
  const children: ChildProcess[] = [];
  const stop = async () => {
    for (const child of children.toReversed()) await stopProcess(child, { timeoutMs: STOP_MS_MAX });
    removePostgres(join(dataDir, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (args: string[], env: Record<string, string>, url: string) => {
    const child = spawn(process.execPath, args, {
      ...{ cwd: checkoutRoot, stdio: 'ignore', detached: true },
      env: { ...process.env, NODE_ENV: 'development', ...env },
    });
    children.push(child);
    const ready = async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.status === 200;
    await waitUntil(ready, { what: `${url}/readyz`, timeoutMs: START_MS_MAX });
    return child.pid!;
  };
  try {
    const urls = [port, second].map((one) => `http://127.0.0.1:${one}`);
    const settings = { PORT: String(port), HONGBAO_DATA_DIR: dataDir, DEMO_ROBOTS: '0' };
    await start(['--import', 'tsx', 'apps/launcher/src/main.ts'], settings, urls[0]!);
    const { env, pids } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as ManyGateways;
    const gateway2 = await start(
      ['--enable-source-maps', 'dist/apps/gateway/src/main.js'],
      { ...env, PORT: String(second) },
      urls[1]!,
    );
    return { gatewayUrls: urls, env, pids: { ...pids, 'gateway-2': gateway2 }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
