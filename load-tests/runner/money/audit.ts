import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { checkoutRoot } from '@app/local-stack';
import type { Money } from '../../model/result.ts';

const AUDIT_MS_MAX = 900_000;
const OUTPUT_BYTES_MAX = 64 << 20;

/**
 * `npm run audit -- --json` against the stores that `env` names, or those of the service whose data folder it names. Says why where it
 * could not be run: without a reason to look, none is given.
 */
export function runAudit(env: Record<string, string | undefined>): Promise<Money['audit']> {
  const tsx = join(checkoutRoot, 'node_modules/.bin/tsx');
  const script = join(checkoutRoot, 'apps/cli/src/audit.ts');
  const options = { env: { ...process.env, ...env }, timeout: AUDIT_MS_MAX, maxBuffer: OUTPUT_BYTES_MAX };
  return new Promise((resolve) => {
    execFile(tsx, [script, '--json'], options, (error, stdout, stderr) => {
      // Exit code 1 says that something is broken, and stdout says what.
      try {
        const { ok, checked, broken } = JSON.parse(stdout) as Money['audit'];
        resolve({ ran: true, ok, ...(checked ? { checked } : {}), broken });
      } catch {
        const why = stderr.trim() || (error?.message ?? 'it said nothing');
        resolve({ ran: false, ok: false, broken: [], why });
      }
    });
  });
}
