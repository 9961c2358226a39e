import type { Plan } from '../../model/plan.ts';
import type { Money } from '../../model/result.ts';
import type { Setup } from '../../setup/setup.ts';
import type { Merged } from '../merge.ts';
import { awaitSettled } from './await-settled.ts';
import { runAudit } from './audit.ts';
import { checkMoney, check, type Heard } from './check-money.ts';
import { readEvidence, type Progress } from './read-evidence.ts';
import { ServiceReader } from './service-reader.ts';

export interface MoneyOptions {
  plan: Plan;
  setup: Setup;
  merged: Merged;
  /** Where the audit finds the stores; undefined where they are out of reach. */
  auditEnv: Record<string, string | undefined> | undefined;
  onProgress: Progress;
  signal?: AbortSignal;
}

/**
 * Waits for the run's packets to close, then checks every fen: over HTTP as senders and marketers see it, and by the audit where
 * the stores can be reached. Never throws: what could not be checked is a check that failed.
 */
export async function moneyOf(options: MoneyOptions): Promise<Money> {
  const { plan, setup, merged, onProgress, signal } = options;
  const acknowledged = {
    count: merged.wins.length,
    amount: merged.wins.reduce((sum, [, , , amount]) => sum + amount, 0),
  };
  const base = { acknowledged, unknown: merged.unknown.length };
  try {
    const reader = new ServiceReader(setup.target);
    await awaitSettled(reader, plan, setup, onProgress, signal);
    const evidence = await readEvidence(reader, setup, onProgress);
    const { checks, funded, claimed, refunded, unheard } = checkMoney(evidence, heardOf(plan, merged));
    const packets =
      evidence.rooms.length + evidence.campaigns.reduce((sum, campaign) => sum + campaign.packets.length, 0);
    onProgress('audit', 0, 1);
    const audit = await auditOf(options);
    const ok = checks.every((one) => one.ok) && (audit.ok || !audit.ran);
    return { ok, packets, funded, claimed, refunded, unheard, checks, audit, ...base };
  } catch (error) {
    const why = (error as Error).message;
    return {
      ...{
        ok: false,
        packets: 0,
        funded: 0,
        claimed: { count: 0, amount: 0 },
        refunded: 0,
        unheard: 0,
        ...base,
      },
      checks: [check('everything could be read', 'the service', [why])],
      audit: { ran: false, ok: false, broken: [], why: 'the checks before it were cut short' },
    };
  }
}

/** Stores that should be in reach and are not make a run fail: nobody may take it for checked. */
async function auditOf({ auditEnv }: MoneyOptions): Promise<Money['audit']> {
  if (!auditEnv)
    return {
      ...{ ran: false, ok: false, broken: [] },
      why: 'the stores are not in reach from here: set DATABASE_URL and REDIS_URL, or run npm run audit there',
    };
  const audit = await runAudit(auditEnv);
  return audit.ran ? audit : { ...audit, ran: true, broken: [audit.why] };
}

export function heardOf(plan: Plan, merged: Merged): Heard {
  const vuOf = new Map<number, number>();
  for (const part of plan.parts) {
    if (part.kind === 'crowd') {
      for (const [place, person] of part.people.entries()) vuOf.set(person, place % plan.vus);
      for (const [place, person] of part.watchers.entries()) vuOf.set(person, place % plan.vus);
    } else {
      for (const [r, room] of part.rooms.entries())
        for (const person of [room.sender, ...room.members, ...room.watchers]) vuOf.set(person, r % plan.vus);
    }
  }
  return {
    wins: merged.wins,
    unknown: merged.unknown,
    userIds: plan.people.map(({ userId }) => userId),
    toldAll: (person) => {
      const vu = vuOf.get(person);
      // VUs of lines are numbered as k6 does, from 1.
      return vu === undefined || merged.ended.has(vu + 1);
    },
  };
}
