import type { PacketKind, SendPacket } from '@app/contracts';
import type { FailureCode } from '../net/failure.js';
import { DEFAULT_CURRENCY, parseMoney } from '../money.js';

/** The service's defaults (F8). A server set to others says so itself, and its answer is shown at the same field. */
export const LIMITS = { shareMin: 1, shareMax: 20_000, roomSharesMax: 100 };

export interface Draft {
  kind: PacketKind;
  amount: string;
  count: string;
  greeting: string;
  expiresInSeconds: number;
  /** Null: everyone in the room. */
  only: string[] | null;
  /** Empty: it opens without one. */
  phrase: string;
  hint: string;
}

export type Field = 'amount' | 'count' | 'only';

export type Problem =
  | { what: 'amountEmpty' | 'amountFormat' | 'amountPrecision' | 'amountHuge' | 'countEmpty' | 'countFormat' }
  | { what: 'countMany'; max: number }
  | { what: 'shareSmall' | 'shareLarge'; limit: number }
  | { what: 'notDivisible'; below: number; above: number }
  | { what: 'funds' | 'onlyNone' };

export interface Checked {
  /** Minor units and shares, where they can be read. */
  amount: number | null;
  count: number | null;
  problems: Partial<Record<Field, Problem>>;
}

function checkAmount(typed: string): { amount: number | null; problem?: Problem } {
  const parsed = parseMoney(typed);
  if ('minor' in parsed) return { amount: parsed.minor };
  const what = {
    empty: 'amountEmpty',
    format: 'amountFormat',
    precision: 'amountPrecision',
    huge: 'amountHuge',
  };
  return { amount: null, problem: { what: what[parsed.problem] as 'amountEmpty' } };
}

function checkCount(typed: string): { count: number | null; problem?: Problem } {
  const text = typed.trim();
  if (text === '') return { count: null, problem: { what: 'countEmpty' } };
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) return { count: null, problem: { what: 'countFormat' } };
  const count = Number(text);
  if (count <= LIMITS.roomSharesMax) return { count };
  return { count, problem: { what: 'countMany', max: LIMITS.roomSharesMax } };
}

function checkShares(kind: PacketKind, amount: number, count: number): Problem | undefined {
  if (amount < LIMITS.shareMin * count) return { what: 'shareSmall', limit: LIMITS.shareMin };
  if (amount > LIMITS.shareMax * count) return { what: 'shareLarge', limit: LIMITS.shareMax };
  const rest = amount % count;
  if (kind === 'fixed' && rest !== 0) {
    return { what: 'notDivisible', below: amount - rest, above: amount - rest + count };
  }
  return undefined;
}

/** `available`: what the wallet holds, null while it is not known. The first problem of each field. */
export function checkDraft(draft: Draft, available: number | null): Checked {
  const { amount, problem: amountProblem } = checkAmount(draft.amount);
  const { count, problem: countProblem } = checkCount(draft.count);
  const problems: Checked['problems'] = {};
  if (countProblem) problems.count = countProblem;
  if (amountProblem) problems.amount = amountProblem;
  else if (amount !== null && count !== null && !countProblem) {
    const problem = checkShares(draft.kind, amount, count);
    if (problem) problems.amount = problem;
  }
  if (!problems.amount && amount !== null && available !== null && amount > available) {
    problems.amount = { what: 'funds' };
  }
  if (draft.only?.length === 0) problems.only = { what: 'onlyNone' };
  return { amount, count, problems };
}

/** What is asked of the server, or null while something is wrong. */
export function toRequest(
  draft: Draft,
  { amount, count, problems }: Checked,
  roomId: string,
): SendPacket | null {
  if (amount === null || count === null || Object.keys(problems).length > 0) return null;
  const greeting = draft.greeting.trim();
  const [phrase, hint] = [draft.phrase.trim(), draft.hint.trim()];
  return {
    roomId,
    kind: draft.kind,
    amount,
    count,
    currency: DEFAULT_CURRENCY,
    expiresInSeconds: draft.expiresInSeconds,
    ...(greeting ? { greeting } : {}),
    ...(draft.only ? { onlyUserIds: draft.only } : {}),
    ...(phrase ? { gates: [{ kind: 'password', phrase, ...(hint ? { hint } : {}) }] } : {}),
  };
}

/** Where a refusal of the server belongs; null: beside the button. */
export function fieldOfFailure(code: FailureCode): Field | null {
  if (code === 'share_out_of_range' || code === 'amount_not_divisible' || code === 'insufficient_funds') {
    return 'amount';
  }
  return code === 'too_many_shares' ? 'count' : null;
}
