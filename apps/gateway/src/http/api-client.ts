import { Injectable } from '@nestjs/common';
import { ERRORS, RefusalError, type ErrorCode, type Problem, type RevocationsRead } from '@app/contracts';
import { GatewayParts } from '../parts.js';
import type { Person } from '../sockets/person.js';

const ANSWER_MS_MAX = 10_000;
/** Read every second, and once before the gateway listens. */
const REVOCATIONS_MS_MAX = 2_000;
const BUSY_RETRY_MS = 1_000;

type Caller = Pick<Person, 'token' | 'address'>;

/** What a socket asks that needs Postgres: the api does it, with the caller's own token and by its own rules. */
@Injectable()
export class ApiClient {
  constructor(private readonly parts: GatewayParts) {}

  get<T>(caller: Caller, path: string): Promise<T> {
    return this.call(caller, 'GET', path);
  }

  post<T>(caller: Caller, path: string, body: unknown, idempotencyKey?: string): Promise<T> {
    return this.call(caller, 'POST', path, body, idempotencyKey);
  }

  /** For the gateway itself, in nobody's name: of these, the members of a room. */
  async membersAmong(roomId: string, userIds: readonly string[]): Promise<string[]> {
    const response = await fetch(`${this.parts.config.API_URL}/internal/rooms/${roomId}/members-among`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userIds }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    if (!response.ok) throw new Error(`the api answered ${response.status} for the members of a room`);
    return (await response.json()) as string[];
  }

  /** The same: all revocations, or those since. */
  async revocations(since: string | undefined): Promise<RevocationsRead> {
    const query = since === undefined ? '' : `?since=${encodeURIComponent(since)}`;
    const response = await fetch(`${this.parts.config.API_URL}/internal/revocations${query}`, {
      signal: AbortSignal.timeout(REVOCATIONS_MS_MAX),
    });
    if (!response.ok) throw new Error(`the api answered ${response.status} for revocations`);
    return (await response.json()) as RevocationsRead;
  }

  /** Throws RefusalError with the api's code; `busy` when it did not answer: whether it acted is then not known. */
  private async call<T>(
    { token, address }: Caller,
    method: string,
    path: string,
    body?: unknown,
    key?: string,
  ): Promise<T> {
    const response = await fetch(`${this.parts.config.API_URL}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'x-forwarded-for': address,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    }).catch(() => {
      throw new RefusalError('busy', { retryAfterMs: BUSY_RETRY_MS });
    });
    const answer = (await response.json().catch(() => ({}))) as T & Problem;
    if (response.ok) return answer;
    const code: ErrorCode = answer.code in ERRORS ? answer.code : 'internal';
    throw new RefusalError(code, { detail: answer.detail, retryAfterMs: answer.retryAfterMs });
  }
}
