import type { Problem } from '@app/contracts';
import { Failure } from '../../net/failure.js';
import { createStore } from '../../state/store.js';

const ANSWER_MS_MAX = 15_000;

/** `away`: nothing answered last time. Shown by the banner; whoever loads asks again by themselves. */
export const serverStore = createStore<{ away: boolean }>({ away: false });

let token: string | null = null;
let onUnauthorized: () => void = () => {};

export function setToken(next: string | null): void {
  token = next;
}

export function whenUnauthorized(tell: () => void): void {
  onUnauthorized = tell;
}

export function authorization(): Record<string, string> {
  return token ? { authorization: `Bearer ${token}` } : {};
}

export interface RequestOptions {
  json?: unknown;
  form?: FormData;
  /** One for each intent of a person; the same on every retry of it. */
  idempotencyKey?: string;
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** The refusal in an answer that is not 2xx. */
export function failureIn(status: number, text: string): Failure {
  let problem: Partial<Problem> = {};
  try {
    problem = JSON.parse(text) as Partial<Problem>;
  } catch {
    // A proxy in between answers with its own pages when the service behind it is away.
  }
  const code = problem.code ?? (status >= 502 ? 'offline' : 'internal');
  return new Failure(code, problem.retryAfterMs, problem.issues);
}

export function noteFailure(failure: Failure, spoken: string | undefined): void {
  serverStore.set({ away: failure.code === 'offline' || failure.code === 'no_answer' });
  if (failure.code === 'unauthorized' && spoken && spoken === authorization().authorization) onUnauthorized();
}

/** Calls `/api/v1` and gives the response once it is 2xx. Throws a Failure; a 401 leads back to the sign-in. */
export async function fetchApi(
  method: Method,
  path: string,
  options: RequestOptions = {},
): Promise<Response> {
  const headers: Record<string, string> = authorization();
  const spoken = headers.authorization;
  if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey;
  const init: RequestInit = { method, headers, signal: AbortSignal.timeout(ANSWER_MS_MAX) };
  if (options.json !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(options.json);
  } else if (options.form) init.body = options.form;
  try {
    const response = await fetch(`/api/v1${path}`, init);
    if (!response.ok) throw failureIn(response.status, await response.text());
    serverStore.set({ away: false });
    return response;
  } catch (error) {
    const failure =
      error instanceof Failure ? error : new Failure(isTimeout(error) ? 'no_answer' : 'offline');
    noteFailure(failure, spoken);
    throw failure;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

export async function request<T>(method: Method, path: string, options?: RequestOptions): Promise<T> {
  const response = await fetchApi(method, path, options);
  const text = await response.text().catch(() => {
    throw new Failure('no_answer');
  });
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
