import type { Problem } from '@app/contracts';
import { Failure } from './failure.js';

const ANSWER_MS_MAX = 12_000;

let token: string | null = null;
let onUnauthorized: () => void = () => {};

export function setToken(next: string | null): void {
  token = next;
}

export function whenUnauthorized(tell: () => void): void {
  onUnauthorized = tell;
}

interface CallOptions {
  body?: unknown;
  /** One for each intent of a person; the same on every retry of it. */
  idempotencyKey?: string;
}

async function failureFrom(response: Response): Promise<Failure> {
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  // A proxy in between answers with its own pages when the service behind it is away.
  const code = problem?.code ?? (response.status >= 502 ? 'offline' : 'internal');
  return new Failure(code, problem?.retryAfterMs, problem?.issues);
}

/** Calls `/api/v1`. Throws a Failure; a 401 of a signed-in person also leads back to the sign-in. */
export async function call<T>(
  method: 'GET' | 'POST',
  path: string,
  options: CallOptions = {},
): Promise<{ data: T; headers: Headers }> {
  const headers = new Headers();
  const spoken = token;
  if (spoken) headers.set('authorization', `Bearer ${spoken}`);
  if (options.idempotencyKey) headers.set('idempotency-key', options.idempotencyKey);
  const init: RequestInit = { method, headers, signal: AbortSignal.timeout(ANSWER_MS_MAX) };
  if (options.body !== undefined) {
    headers.set('content-type', 'application/json');
    init.body = JSON.stringify(options.body);
  }
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, init);
  } catch (error) {
    throw new Failure(
      error instanceof DOMException && error.name === 'TimeoutError' ? 'no_answer' : 'offline',
    );
  }
  if (!response.ok) {
    const failure = await failureFrom(response);
    if (failure.code === 'unauthorized' && spoken && spoken === token) onUnauthorized();
    throw failure;
  }
  if (response.status === 204) return { data: undefined as T, headers: response.headers };
  try {
    return { data: (await response.json()) as T, headers: response.headers };
  } catch {
    throw new Failure('no_answer');
  }
}
