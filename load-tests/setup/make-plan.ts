import { randomBytes } from 'node:crypto';
import { ANSWER_MS_MAX, HttpClient } from '@app/client';
import type { Curve, Part, Plan } from '../model/plan.ts';
import type { Workload } from '../model/workload.ts';
import { makeCampaigns, prepareBrand } from './campaigns.ts';
import { CURRENCY } from './funds.ts';
import { makePeople, type TokenSettings } from './people.ts';
import type { Progress } from './progress.ts';
import { assertReady, clockAheadMs } from './reach.ts';
import { makeRooms } from './rooms.ts';
import type { Setup } from './setup.ts';
import { sizeOf, type Size } from './size.ts';

export { PlanError } from './plan-error.ts';
export type { Progress };

const LEAD_SECONDS_DEFAULT = 5;
/** After the last connection was begun, before second 0. */
const SETTLE_SECONDS = 2;

export interface PlanOptions {
  workload: Workload;
  /** Where the service is, such as `http://127.0.0.1:8080`. */
  target: string;
  /** Default: the workload's. */
  scale?: number;
  /** Of the load. Default: the workload's, or the curve's own. */
  seconds?: number;
  /** In place of the workload's arrivals: its sends, or where it has no rooms its taps. Rates are multiplied by `scale` only where that is given. */
  curve?: Curve;
  seed: number;
  /** To sign people's tokens here; without it the target is asked for development tokens. */
  jwt?: TokenSettings;
  /** From the end of the preparation to the first connection: time to start k6, or to bring the plan to other machines. Default 5. */
  leadSeconds?: number;
  onProgress?: Progress;
}

/**
 * Prepares a run at the target, which must be up: people, rooms, funds, campaigns with drops. `startsAtMs` of the plan is
 * soon after this returns: play it at once. Throws PlanError with a sentence for people.
 */
export async function makePlan(options: PlanOptions): Promise<{ plan: Plan; setup: Setup }> {
  const { workload, jwt, seed, leadSeconds = LEAD_SECONDS_DEFAULT, onProgress = () => {} } = options;
  const target = options.target.replace(/\/+$/, '');
  const size = sizeOf(workload, options);
  const http = new HttpClient({ url: target });
  await assertReady(target);
  const runId = `load-${Date.now().toString(36)}-${randomBytes(2).toString('hex')}`;
  const people = await makePeople(http, { runId, count: size.sockets, jwt, onProgress });
  const rooms = await makeRooms(http, size.rooms, people, onProgress);
  const crowd = crowdOf(size);
  const audience = [...crowd.people, ...crowd.watchers].map((k) => people[k]!.userId);
  const brand = size.crowd && (await prepareBrand({ http, target, runId, jwt }, size.crowd, audience));
  const nowMs = Date.now() + (await clockAheadMs(target, people[0]!.token));
  const beforeMs = (leadSeconds + size.connectSeconds + SETTLE_SECONDS) * 1_000;
  const startsAtMs = nowMs + Math.max(beforeMs, brand ? brand.prepareMs : 0);
  const campaigns = brand ? await makeCampaigns(brand, size, startsAtMs, onProgress) : [];
  const parts: Part[] = rooms.parts;
  if (size.crowd) parts.push({ kind: 'crowd', ...crowd, drops: campaigns.flatMap(({ drops }) => drops) });
  const plan: Plan = {
    ...{ version: 1, runId, workload: workload.name, target, startsAtMs, seed },
    ...{ seconds: size.seconds, tailSeconds: size.tailSeconds },
    ...{ connectSeconds: size.connectSeconds, settleSeconds: SETTLE_SECONDS },
    ...{ answerMsMax: ANSWER_MS_MAX, vus: size.vus, people, parts, storms: size.storms },
  };
  const funded = campaigns.map(({ funded: campaign }) => campaign);
  const setup: Setup = {
    ...{ version: 1, runId, target, currency: CURRENCY },
    ...{ senders: rooms.senders, campaigns: funded },
  };
  return { plan, setup };
}

/** Those of the crowd come after everybody who is in rooms. */
function crowdOf({ crowd, sockets }: Size): { people: number[]; watchers: number[] } {
  const { people, watchers } = crowd ?? { people: 0, watchers: 0 };
  const from = (first: number, count: number) => Array.from({ length: count }, (_, k) => first + k);
  return {
    people: from(sockets - people - watchers, people),
    watchers: from(sockets - watchers, watchers),
  };
}
