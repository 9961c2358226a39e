import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot, freePort, removePostgres, throwawayFolder } from '@app/local-stack';
import { ConsoleReporter } from '../../launcher/src/progress.js';
import { startService, type Service } from '../../launcher/src/service.js';
import { withoutSettings } from '../../launcher/src/settings.js';

/** A whole service that a test may stop, break and start again, with data and a port of its own. */
export interface OwnService {
  start(): Promise<Service>;
  /** Deletes the data. The service has been stopped. */
  remove(): void;
}

export async function ownService(name: string, settings: Record<string, string> = {}): Promise<OwnService> {
  const folder = throwawayFolder(name);
  const dataDir = join(folder, 'data');
  const PORT = String(await freePort());
  return {
    start: () =>
      startService({
        root: checkoutRoot,
        dataDir,
        env: {
          ...withoutSettings(process.env),
          NODE_ENV: 'development',
          PORT,
          DEMO_ROBOTS: '0',
          ...settings,
        },
        reporter: new ConsoleReporter({ write: () => undefined }),
      }),
    remove: () => {
      removePostgres(join(dataDir, 'postgres'));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
