import { isCluster, isNotServedThere, nodeOfKey, nodesOf, onNodesChanged, type Redis } from '@app/redis';
import { keys, SLOTS } from './keys.js';
import type { RunIdBySlot } from './packet-store.js';

const RETRY_MS = 250;

/** The connection to the Redis process that serves a slot, and which process that is. */
export interface Home {
  node: Redis;
  runId: string;
}

/**
 * Which Redis process serves each slot: one for all of them, or on a cluster one for those of each node. What goes by a
 * gate is sent to that process and no further: a replica that is promoted has the gate of the one before, and a call that
 * followed MOVED there with the old run id would find it open, though claims may be missing.
 */
export class RunIds {
  private readonly byNode = new WeakMap<Redis, string>();
  private readonly met = new WeakSet<Redis>();
  private homes: (Redis | undefined)[] = [];
  private losses = 0;
  private readonly onCluster: boolean;

  /** `onNode` is told of each connection once, before anything is sent on it. */
  constructor(
    private readonly client: Redis,
    private readonly onNode: (node: Redis) => void,
  ) {
    this.onCluster = isCluster(client);
    onNodesChanged(client, () => this.lookAround());
    if (!this.onCluster) this.lookAround();
  }

  /** Undefined until the process has told its run id, and while its connection is away. */
  homeOf(slot: number): Home | undefined {
    const node = this.homes[slot];
    const runId = node && this.byNode.get(node);
    return runId === undefined || node?.status !== 'ready' ? undefined : { node: node!, runId };
  }

  /** Grows whenever a process was lost sight of or another one took its place: what was read before may not be so any more. */
  get generation(): number {
    return this.losses;
  }

  /** Whether anything can be decided at all. */
  get known(): boolean {
    return this.homes.some((_, slot) => this.homeOf(slot));
  }

  /** Asked anew. Rejects when no process answers. */
  async read(): Promise<RunIdBySlot> {
    const nodes = [...new Set(this.homes)].filter((node) => node !== undefined);
    const asked = await Promise.allSettled(nodes.map((node) => this.ask(node)));
    const failed = asked.find((one) => one.status === 'rejected');
    if (asked.every((one) => one.status === 'rejected'))
      throw failed?.reason ?? new Error('no Redis is known');
    const answers = new Map(nodes.map((node, k) => [node, asked[k]!]));
    return Array.from({ length: SLOTS }, (_, slot) => {
      const answer = answers.get(this.homes[slot]!);
      return answer?.status === 'fulfilled' ? answer.value : undefined;
    });
  }

  /** Whether a call failed because its node does not serve the slot any more: nothing ran. */
  hasMoved(error: Error): boolean {
    return this.onCluster && isNotServedThere(this.client, error);
  }

  private lookAround(): void {
    for (const node of nodesOf(this.client)) {
      if (!this.met.has(node)) this.meet(node);
      else if (this.onCluster) this.learn(node);
    }
    const homes = Array.from({ length: SLOTS }, (_, slot) => nodeOfKey(this.client, keys.gate(slot)));
    if (homes.some((node, slot) => node !== this.homes[slot])) this.losses += 1;
    this.homes = homes;
  }

  private meet(node: Redis): void {
    this.met.add(node);
    this.onNode(node);
    node.on('ready', () => this.learn(node));
    node.on('close', () => {
      this.byNode.delete(node);
      this.losses += 1;
    });
    // A cluster connects to a node when it is first asked.
    if (node.status === 'ready' || this.onCluster) this.learn(node);
  }

  /** A connection may be slow without being lost: then ask again. */
  private learn(node: Redis): void {
    this.ask(node).catch(() => {
      if (node.status === 'ready') setTimeout(() => this.learn(node), RETRY_MS).unref();
    });
  }

  private async ask(node: Redis): Promise<string> {
    const info = await node.info('server', 'replication');
    const runId = /run_id:(\w+)/.exec(info)?.[1];
    const replicationId = /master_replid:(\w+)/.exec(info)?.[1];
    if (!runId || !replicationId) throw new Error('Redis did not tell its run id');
    // A master that lost its place and got it back is the same process with, perhaps, an older state: at each promotion
    // it takes a new replication id. (It also does when it gets its first replica; the gates are then checked once more.)
    const id = this.onCluster ? `${runId}:${replicationId}` : runId;
    if (this.byNode.get(node) !== id) this.losses += 1;
    this.byNode.set(node, id);
    return id;
  }
}
