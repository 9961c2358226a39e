import { LRUCache } from 'lru-cache';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { RefusalError } from '@app/contracts';

const COVER = /^\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.webp$/;
/** Everyone of a drop asks for its cover within the same second: it is read once. */
const KEPT_BYTES_MAX = 32 * 1024 * 1024;
const WINDOW_SECONDS = 10;

/** The pictures of covers by their path, read by `read` and kept, for a cover never changes. */
export class CoverPictures {
  private readonly pictures: LRUCache<string, Buffer>;
  private readonly strays: RateLimiterMemory;

  /** `straysMax`: paths that lead nowhere, for an address in ten seconds. */
  constructor(read: (coverId: string) => Promise<Buffer | undefined>, straysMax: number) {
    this.pictures = new LRUCache({
      maxSize: KEPT_BYTES_MAX,
      sizeCalculation: ({ length }) => Math.max(1, length),
      fetchMethod: read,
    });
    this.strays = new RateLimiterMemory({ points: straysMax, duration: WINDOW_SECONDS });
  }

  /**
   * `path`: `/<coverId>.webp`. `not_found`, and `rate_limited` for those who try ids: only what leads nowhere counts against
   * an address, for behind one there may be a whole stadium. Rejects when the picture can't be read.
   */
  async find(path: string, address: string): Promise<Buffer | RefusalError> {
    const coverId = COVER.exec(path)?.[1];
    const kept = coverId && this.pictures.get(coverId);
    if (kept) return kept;
    const strayed = await this.strays.get(address);
    if (strayed && strayed.remainingPoints <= 0)
      return new RefusalError('rate_limited', { retryAfterMs: strayed.msBeforeNext });
    const image = coverId && (await this.pictures.fetch(coverId));
    if (image) return image;
    await this.strays.penalty(address);
    return new RefusalError('not_found');
  }
}
