import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OutboxEntry } from '@app/packet-store';
import { until } from '@app/testing';
import type { WorkerParts } from '../parts.js';
import { ClaimsInHand } from './claims-in-hand.js';
import { Relay } from './relay.js';

/** In the place of STALE_MS, 20 s: what is asked for when the relay itself is to blame. */
const SOON_MS = 1_000;

const entry: OutboxEntry = {
  ...{ slot: 3, id: '1-0', packetId: 'p', remaining: { count: 1, amount: 5 } },
  claims: [{ userId: 'ann', ordinal: 1, amount: 5, atMs: 1 }],
};

let fresh: OutboxEntry[];
let staleAsked: number[];
let handedOn: string[];
let queueFails: boolean;
let relay: Relay;
beforeEach(() => {
  [fresh, staleAsked, handedOn, queueFails] = [[entry], [], [], true];
  let unacknowledged: OutboxEntry[] = [];
  const outbox = {
    backlog: async () => 0,
    readNew: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      unacknowledged = [...unacknowledged, ...fresh];
      return fresh.splice(0);
    },
    takeStale: async (idleMs: number) => {
      staleAsked.push(idleMs);
      return staleAsked.length > 1 ? unacknowledged : [];
    },
  };
  const settlementQueue = {
    getJobCountByTypes: async () => 0,
    addBulk: async (jobs: { data: { entries: { ids: string[] }[] } }[]) => {
      if (queueFails) throw new Error('OOM command not allowed');
      handedOn.push(...jobs.flatMap(({ data }) => data.entries.flatMap(({ ids }) => ids)));
    },
  };
  const metrics = { counter: () => ({ inc: () => {} }), gauge: () => {} };
  relay = new Relay({
    ...{
      outbox,
      settlementQueue,
      metrics,
      inHand: new ClaimsInHand(),
      store: {},
      config: { CLAIMS_PER_JOB_MAX: 10 },
    },
    pusher: { toGateways: () => true },
    logger: { warn: vi.fn() },
  } as unknown as WorkerParts);
});
afterEach(() => relay.beforeApplicationShutdown());

describe('the relay', () => {
  it('takes up what it read and could not hand on as soon as the queue takes jobs again', async () => {
    relay.onApplicationBootstrap();
    await until('it failed and asked again', () => staleAsked.length > 1);
    expect(handedOn).toEqual([]);
    queueFails = false;
    await until('it is handed on', () => handedOn.length > 0);
    expect(handedOn[0]).toBe('1-0');
    expect(new Set(staleAsked)).toEqual(new Set([SOON_MS]));
  });
});
