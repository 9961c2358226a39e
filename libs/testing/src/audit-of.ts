import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const AUDIT_MS_MAX = 60_000;

/** `npm run audit -- --json` against the stores that `env` names, as an operator would run it. */
export function auditOf(
  env: Record<string, string>,
): Promise<{ ok: boolean; checked: unknown; broken: unknown[] }> {
  return new Promise((resolve, reject) => {
    execFile(
      `${ROOT}/node_modules/.bin/tsx`,
      [`${ROOT}/apps/cli/src/audit.ts`, '--json'],
      { env: { ...process.env, ...env }, timeout: AUDIT_MS_MAX },
      (error, stdout, stderr) => {
        // Exit 1 means "broken", and says so in JSON too.
        if (stdout.startsWith('{')) resolve(JSON.parse(stdout));
        else reject(new Error(`audit: ${stderr || error?.message}`));
      },
    );
  });
}
