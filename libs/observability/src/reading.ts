/** Below the two seconds that the gateway waits for a process's metrics, so that a store that hangs costs its own series and no others. */
export const READ_MS_MAX = 750;

/**
 * One look at something that may be away. Who asks while a look is under way gets the same one, so several metrics of one
 * scrape cost one look; and while a look hangs no further ones pile up behind it.
 */
export class Reading<T> {
  private underWay: Promise<T | undefined> | undefined;

  constructor(
    private readonly look: () => T | Promise<T>,
    private readonly msMax = READ_MS_MAX,
  ) {}

  /** What is there now; undefined when that fails or takes too long. Never rejects. */
  now(): Promise<T | undefined> {
    if (this.underWay) return this.underWay;
    const looked = Promise.resolve()
      .then(this.look)
      .catch(() => undefined);
    let timer: NodeJS.Timeout;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), this.msMax).unref();
    });
    this.underWay = Promise.race([looked, late]);
    void looked.finally(() => {
      clearTimeout(timer);
      this.underWay = undefined;
    });
    return this.underWay;
  }
}
