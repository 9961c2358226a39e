import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkoutRoot,
  freePort,
  removePostgres,
  stopProcess,
  throwawayFolder,
  whenExited,
} from '@app/local-stack';
import { findTarget } from '../../runner/target.ts';

const START_MS_MAX = 180_000;
const STOP_MS_MAX = 15_000;

/** The whole service as `npm start` has it, with data of its own. `pids` by process. */
export interface OwnService {
  url: string;
  pids: Record<string, number>;
  redisUrl: string;
  stop(): Promise<void>;
}

export async function startOwnService(say: (line: string) => void): Promise<OwnService> {
  const folder = throwawayFolder('plan-service');
  const dataDir = join(folder, 'data');
  const port = await freePort();
  const { DATABASE_URL, REDIS_URL, REDIS_MONEY_URL, REDIS_QUEUE_URL, REDIS_SOCKET_URL, ...env } = process.env;
  void [DATABASE_URL, REDIS_URL, REDIS_MONEY_URL, REDIS_QUEUE_URL, REDIS_SOCKET_URL];
  const child = spawn(process.execPath, ['--import', 'tsx', 'apps/launcher/src/main.ts'], {
    cwd: checkoutRoot,
    env: {
      ...{ ...env, PORT: String(port), HONGBAO_DATA_DIR: dataDir, DEMO_ROBOTS: '0', NODE_ENV: 'development' },
      USER_EVENTS_PER_10_SECONDS: '100000',
    },
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async () => {
    await stopProcess(child, { timeoutMs: STOP_MS_MAX });
    removePostgres(join(dataDir, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      const tooLong = setTimeout(() => reject(new Error('the service was not ready in time')), START_MS_MAX);
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n')) {
          if (line.startsWith('ready ')) resolve(clearTimeout(tooLong));
          else if (/^ *\d[\d.]* s /.test(line)) say(line.trim());
        }
      });
      void whenExited(child).then(() => reject(new Error('the service ended at its start')));
    });
    const url = `http://127.0.0.1:${port}`;
    const target = findTarget(url, { HONGBAO_DATA_DIR: dataDir });
    return { url, pids: target.local!.pids(), redisUrl: target.stores!.redisUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
