import { LATENCY_BUCKETS, latencyBucketOf } from './latency-buckets.js';

const DROPS_MAX = 1_000;

/** Grabs answered since the last flush, by drop and bucket. Of more than DROPS_MAX drops, the first noted are let go. */
export class LatencyTally {
  private byDrop = new Map<string, number[]>();

  get size(): number {
    return this.byDrop.size;
  }

  add(dropId: string, ms: number): void {
    let counts = this.byDrop.get(dropId);
    if (!counts) {
      if (this.byDrop.size >= DROPS_MAX) this.byDrop.delete(this.byDrop.keys().next().value!);
      counts = Array.from({ length: LATENCY_BUCKETS }, () => 0);
      this.byDrop.set(dropId, counts);
    }
    counts[latencyBucketOf(ms)]! += 1;
  }

  takeAll(): Map<string, number[]> {
    const taken = this.byDrop;
    this.byDrop = new Map();
    return taken;
  }
}
