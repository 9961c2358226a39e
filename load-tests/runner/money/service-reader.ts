import { UnansweredError } from '@app/client';
import { ERRORS, RefusalError, type ErrorCode, type Problem } from '@app/contracts';
import { patiently } from '../../setup/patience.ts';

const READ_MS_MAX = 60_000;
export const READS_AT_ONCE = 12;

interface Page {
  text: string;
  nextCursor: string | undefined;
}

/** GETs of `/api/v1`, as many pages as there are; waits out `busy` and `rate_limited`. Throws RefusalError or UnansweredError. */
export class ServiceReader {
  constructor(private readonly target: string) {}

  async json<T>(path: string, token: string): Promise<T> {
    return JSON.parse((await this.page(path, token)).text) as T;
  }

  async text(path: string, token: string): Promise<string> {
    return (await this.page(path, token)).text;
  }

  /** All pages of a list, `path` with its query but for cursor. `itemsOf` finds the items in a page. */
  async all<T, P = T[]>(path: string, token: string, itemsOf: (page: P) => T[]): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const at = cursor === undefined ? '' : `&cursor=${cursor}`;
      const page = await this.page(`${path}${path.includes('?') ? '&' : '?'}limit=100${at}`, token);
      for (const item of itemsOf(JSON.parse(page.text) as P)) items.push(item);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return items;
  }

  private page(path: string, token: string): Promise<Page> {
    return patiently(async () => {
      const { status, text, nextCursor } = await this.ask(path, token);
      if (status === 200) return { text, nextCursor };
      throw refusalOf(text) ?? new UnansweredError(`GET ${path} (${status})`);
    });
  }

  private async ask(path: string, token: string): Promise<Page & { status: number }> {
    try {
      const response = await fetch(`${this.target}/api/v1${path}`, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(READ_MS_MAX),
      });
      const nextCursor = response.headers.get('x-next-cursor') ?? undefined;
      return { status: response.status, text: await response.text(), nextCursor };
    } catch (error) {
      throw new UnansweredError(`GET ${path}`, error);
    }
  }
}

function refusalOf(text: string): RefusalError | undefined {
  try {
    const { code, detail, retryAfterMs } = JSON.parse(text) as Partial<Problem>;
    if (code === undefined || !Object.hasOwn(ERRORS, code)) return undefined;
    return new RefusalError(code as ErrorCode, { detail, retryAfterMs });
  } catch {
    return undefined;
  }
}
