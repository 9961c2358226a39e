import type { AudienceUpload, ErrorCode, Problem } from '@app/contracts';
import { ERRORS, RefusalError } from '@app/contracts';
import { patiently } from './patience.ts';
import { PlanError } from './plan-error.ts';

const UPLOAD_MS_MAX = 120_000;

/** Uploads exactly these people as a list of the tenant, so that nobody else at the target hears of the drops. */
export async function uploadAudience(
  target: string,
  token: string,
  tenantId: string,
  userIds: readonly string[],
): Promise<string> {
  // Twice uploaded leaves one list that nobody uses.
  const { audienceId, accepted } = await patiently(() => upload(target, token, tenantId, userIds));
  if (accepted !== userIds.length)
    throw new PlanError(`The target took ${accepted} of ${userIds.length} people into the audience.`);
  return audienceId;
}

async function upload(
  target: string,
  token: string,
  tenantId: string,
  userIds: readonly string[],
): Promise<AudienceUpload> {
  const response = await fetch(`${target}/api/v1/audiences?tenantId=${tenantId}&name=load`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: `user_id\n${userIds.join('\n')}\n`,
    signal: AbortSignal.timeout(UPLOAD_MS_MAX),
  });
  if (response.ok) return (await response.json()) as AudienceUpload;
  const { code, detail, retryAfterMs } = (await response.json().catch(() => ({}))) as Partial<Problem>;
  if (code !== undefined && Object.hasOwn(ERRORS, code))
    throw new RefusalError(code as ErrorCode, { detail, retryAfterMs });
  throw new PlanError(`The target answered ${response.status} to the upload of the audience.`);
}
