import type { Redis } from '@app/redis';

/** How long answers wait for replicas; with too few of them every batch waits so long and is then `busy`. */
export const REPLICA_ACK_MS_MAX = 500;

/**
 * Waits until replicas have what this process wrote on a connection. One WAIT serves all calls that were sent in the same
 * moment, whatever their packets: a connection that waits runs nothing else meanwhile.
 */
export class ReplicaAcks {
  private readonly waiting = new WeakMap<Redis, Promise<boolean>>();

  /** `replicas`: how many must have it; 0: nobody waits. */
  constructor(readonly replicas: number) {}

  /** Whether enough replicas have everything that was written on this connection up to now. */
  covered(node: Redis): Promise<boolean> {
    let wait = this.waiting.get(node);
    if (!wait) {
      wait = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
        this.waiting.delete(node);
        return (await node.wait(this.replicas, REPLICA_ACK_MS_MAX)) >= this.replicas;
      });
      // Whoever waits hears of it; when their own call failed first, nobody does.
      wait.catch(() => undefined);
      this.waiting.set(node, wait);
    }
    return wait;
  }
}
