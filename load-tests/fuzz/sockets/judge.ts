import { ERRORS } from '@app/contracts';
import type { RawSocket } from '@app/testing';
import type { Step } from './frames.js';

const OUTCOMES = new Set(['won', 'already', 'empty', 'not_open', 'closed', 'not_eligible', 'busy']);
const STACK = /node_modules|\bat \S+ \(|\.js:\d+/;
/** What everything ends with: its answer says that all before it was read. */
export const LAST_ID = 77_777;

/** What is wrong with how a connection was answered; undefined: nothing. */
export function wrongWith(raw: RawSocket, steps: readonly Step[]): string | undefined {
  for (const text of raw.messages) {
    const wrong = wrongWithMessage(text);
    if (wrong) return `${wrong}: ${text.slice(0, 300)}`;
  }
  if (raw.acksOf(LAST_ID).length > 1) return 'the last request was answered twice';
  if (!raw.closed && raw.acksOf(LAST_ID).length === 0)
    return 'open, and the last request was not answered in time';
  const closedBefore = raw.acksOf(LAST_ID).length === 0;
  for (const step of steps) {
    if (step.kind !== 'request') continue;
    const count = raw.acksOf(step.id).length;
    if (count > 1) return `request ${step.id} was answered ${count} times`;
    if (count === 0 && !closedBefore && isWhole(steps)) return `request ${step.id} was not answered`;
  }
  return undefined;
}

/** All that is owed an answer has one; requests are answered in any order. */
export function isAnswered(raw: RawSocket, steps: readonly Step[]): boolean {
  if (raw.acksOf(LAST_ID).length === 0) return false;
  return !isWhole(steps) || steps.every((step) => step.kind !== 'request' || raw.acksOf(step.id).length > 0);
}

/** Nothing in it but requests: so nothing can have swallowed one, left the namespace, or closed the connection. */
const isWhole = (steps: readonly Step[]) => steps.every(({ kind }) => kind === 'request');

/** A connection that only asked, in the right form, has no reason to be closed. */
export function closedForNothing(raw: RawSocket, steps: readonly Step[]): boolean {
  return isWhole(steps) && raw.closed;
}

function wrongWithMessage(text: string): string | undefined {
  if (STACK.test(text)) return 'a stack trace';
  const answer = /^43[\de+]*\[(.*)\]$/s.exec(text)?.[1] ?? /^42\["request:refused",(.*)\]$/s.exec(text)?.[1];
  if (answer === undefined) return /^(4[024][^\n]*|0\{.*)$/s.test(text) ? undefined : 'not a message of ours';
  const parsed = parsedOf(answer);
  if (typeof parsed !== 'object' || parsed === null) return 'an answer that is no JSON object';
  const { error, outcome } = parsed as { error?: { code?: string; message?: string }; outcome?: string };
  if (outcome !== undefined && !OUTCOMES.has(outcome)) return 'an unknown outcome';
  if (error === undefined) return undefined;
  if (!Object.hasOwn(ERRORS, error.code ?? '') || typeof error.message !== 'string') return 'an unknown code';
  return error.code === 'internal' ? 'an error of ours' : undefined;
}

function parsedOf(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
