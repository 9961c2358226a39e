import type { Result } from '../../model/result.ts';
import { clock, some } from './format.ts';
import { metricWords } from './words.ts';

/** One of the three things that decide whether the figures may be believed and liked. */
export interface Answer {
  ok: boolean;
  says: string;
}

export interface Judgement {
  ok: boolean;
  /** The whole in one or two sentences. */
  says: string;
  goals: Answer;
  money: Answer;
  k6: Answer;
}

function goalsOf({ verdicts }: Result): Answer {
  if (verdicts.length === 0) return { ok: true, says: 'No goals were set' };
  const missed = verdicts.filter(({ met }) => !met);
  if (missed.length === 0)
    return {
      ok: true,
      says: verdicts.length === 1 ? 'The goal was met' : `All ${verdicts.length} goals met`,
    };
  return { ok: false, says: `${missed.length} of ${some(verdicts.length, 'goal')} missed` };
}

function moneyOf({ money }: Result): Answer {
  if (money.ok) return { ok: true, says: 'The money adds up' };
  const wrong = money.checks.filter(({ ok }) => !ok);
  if (wrong.length > 0) return { ok: false, says: `The money does not add up (failed: ${wrong[0]!.name})` };
  return money.audit.ran && !money.audit.ok
    ? { ok: false, says: 'The audit found the money broken' }
    : { ok: false, says: 'Not all of the money could be checked' };
}

function missedWords({ verdicts }: Result): string {
  const missed = verdicts.filter(({ met }) => !met).map(({ metric }) => metricWords(metric));
  const named = missed.slice(0, 3).join(', ');
  return missed.length > 3 ? `${named} and ${missed.length - 3} more` : named;
}

/** What was aimed at and reached, without the two other answers. */
function outcomeOf(result: Result, goals: Answer): string {
  if (result.breakpoint)
    return `The service was pressed until it bent: ${metricWords(result.breakpoint.metric)} broke at ${clock(result.breakpoint.atSecond)}`;
  const stopped = result.complete ? '' : 'Stopped before the end of the load. ';
  if (result.verdicts.length === 0) return `${stopped}No goals were set`;
  return goals.ok
    ? `${stopped}It held: every goal was met`
    : `${stopped}Goals missed: ${missedWords(result)}`;
}

export function judge(result: Result): Judgement {
  const [goals, money] = [goalsOf(result), moneyOf(result)];
  const k6 = result.bottleneck.k6
    ? { ok: false, says: 'k6 or its machine was at its limit' }
    : { ok: true, says: 'k6 was not the bottleneck' };
  const last = k6.ok
    ? 'What was measured is the service, not k6.'
    : 'k6 or its machine was at its limit, so read the times as the worst they can be, and the rates as the least.';
  return {
    ok: goals.ok && money.ok && k6.ok && (result.complete || result.breakpoint !== undefined),
    says: `${outcomeOf(result, goals)}. ${money.says}${money.ok ? ', to the fen' : ''}. ${last}`,
    goals,
    money,
    k6,
  };
}
