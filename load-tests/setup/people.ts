import type { HttpClient } from '@app/client';
import { RefusalError } from '@app/contracts';
import { Tokens, type TokenSettings } from '@app/identity';
import type { PlannedPerson } from '../model/plan.ts';
import type { Progress } from './progress.ts';
import { eachOf, patiently } from './patience.ts';
import { PlanError } from './plan-error.ts';

export type { TokenSettings };

const AT_ONCE = 16;

/** Who in the run signs in as whom. */
export interface TokenSource {
  http: HttpClient;
  jwt?: TokenSettings;
}

/** One token: signed here where the secret is known, which costs the target nothing; else asked of the target. */
export async function tokenFor({ http, jwt }: TokenSource, userId: string, name = userId): Promise<string> {
  if (jwt) return new Tokens(jwt).sign({ userId, name });
  try {
    return (await patiently(() => http.devToken({ userId, name }))).token;
  } catch (error) {
    if (error instanceof RefusalError && error.code === 'not_found')
      throw new PlanError(
        'The target gives no development tokens (DEV_TOKENS is off there): set JWT_SECRET to the secret that its tokens are signed with.',
      );
    throw error;
  }
}

/** People that no other run has: `<runId>-<number>`. */
export async function makePeople(
  http: HttpClient,
  {
    runId,
    count,
    jwt,
    onProgress,
  }: { runId: string; count: number; jwt?: TokenSettings; onProgress: Progress },
): Promise<PlannedPerson[]> {
  const numbers = Array.from({ length: count }, (_, k) => k);
  return eachOf(
    numbers,
    AT_ONCE,
    async (k) => {
      const userId = `${runId}-${k}`;
      return { userId, token: await tokenFor({ http, jwt }, userId, `load ${k}`) };
    },
    (done) => onProgress('people', done, count),
  );
}
