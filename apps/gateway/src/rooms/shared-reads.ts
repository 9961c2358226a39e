interface Reads<T> {
  running: Promise<T>;
  /** Begins when the running one has ended; for all who asked meanwhile. */
  next?: Promise<T>;
}

/**
 * One read for many who ask at the same time, each of them getting one that began after they asked: what happened before
 * they asked is in it. When 500 people join a room at once, the api is asked a few times and not 500.
 */
export class SharedReads<T> {
  private readonly byKey = new Map<string, Reads<T>>();

  read(key: string, read: () => Promise<T>): Promise<T> {
    const reads = this.byKey.get(key);
    if (!reads) return this.start(key, read);
    reads.next ??= reads.running.then(
      () => this.start(key, read),
      () => this.start(key, read),
    );
    return reads.next;
  }

  private start(key: string, read: () => Promise<T>): Promise<T> {
    const reads: Reads<T> = { running: read() };
    this.byKey.set(key, reads);
    const end = () => {
      // Whoever waits for the next read starts it; until then newcomers must still find these.
      if (!reads.next && this.byKey.get(key) === reads) this.byKey.delete(key);
    };
    reads.running.then(end, end);
    return reads.running;
  }
}
