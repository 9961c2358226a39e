import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkoutRoot,
  freePort,
  removePostgres,
  throwawayFolder,
  waitUntil,
  whenExited,
} from '@app/local-stack';
import { settingsSchema } from '@app/config';

const READY_MS_MAX = 120_000;

/** A whole service of the benchmark's own, as `npm start` makes it. */
export interface BenchedService {
  url: string;
  env: Record<string, string>;
  redisUrl: string;
  pids: Record<'gateway' | 'api' | 'worker' | 'redis' | 'postgres', number>;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** Settings of the person who runs the benchmark are left out: nobody's own database may be written to. */
export async function startBenchedService(settings: Record<string, string> = {}): Promise<BenchedService> {
  const folder = throwawayFolder('bench');
  const dataDir = join(folder, 'data');
  const own = Object.entries(process.env).filter(([name]) => !(name in settingsSchema.shape));
  const child = spawn(process.execPath, ['--import', 'tsx', 'apps/launcher/src/main.ts'], {
    cwd: checkoutRoot,
    env: {
      ...Object.fromEntries(own),
      ...{ NODE_ENV: 'development', HONGBAO_DATA_DIR: dataDir, PORT: String(await freePort()) },
      ...{ DEMO_ROBOTS: '0', LOG_LEVEL: 'warn', ...settings },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exited = whenExited(child);
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    removePostgres(join(dataDir, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitUntil(
      () => {
        if (child.exitCode !== null) throw new Error(`the service did not start:\n${output}`);
        return /^ready http/m.test(output);
      },
      { what: 'a service that is ready', timeoutMs: READY_MS_MAX },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  const record = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as BenchedService;
  const { url, env, redisUrl, pids } = record;
  return { url, env, redisUrl, pids, stop };
}
