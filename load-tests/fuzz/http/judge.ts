import { ERRORS, type ErrorCode } from '@app/contracts';
import type { Operation } from './requests.js';

const STACK = /node_modules|\bat \S+ \(|\.js:\d+|QueryFailedError|syntax error at/;
const PROBLEM = 'application/problem+json';

export interface HttpAnswer {
  status: number;
  type: string;
  text: string;
}

/** What is wrong with an answer to a call of the document; undefined: nothing. */
export function wrongWith(operation: Operation, { status, type, text }: HttpAnswer): string | undefined {
  if (STACK.test(text)) return 'a stack trace, or words of the database';
  if (status < 400) {
    if (!operation.statuses.includes(String(status))) return `status ${status}, which is not documented`;
    return type.startsWith('application/json') && parsedOf(text) === undefined
      ? 'JSON that is none'
      : undefined;
  }
  return wrongWithProblem({ status, type, text });
}

/** Of any answer that says no. */
export function wrongWithProblem({ status, type, text }: HttpAnswer): string | undefined {
  if (!type.startsWith(PROBLEM)) return `status ${status} as ${type || 'nothing'}, not as a problem`;
  const problem = parsedOf(text) as
    { code?: string; status?: number; title?: string; type?: string } | undefined;
  const { code = '' } = problem ?? {};
  if (!Object.hasOwn(ERRORS, code)) return `an unknown code: ${code}`;
  if (code === 'internal') return 'an error of ours';
  if (problem?.status !== status || ERRORS[code as ErrorCode].status !== status)
    return `${code} with status ${status}`;
  return problem.title && problem.type ? undefined : 'a problem without title or type';
}

function parsedOf(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
