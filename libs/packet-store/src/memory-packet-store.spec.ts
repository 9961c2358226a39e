import { describe, it } from 'vitest';
import { BACKLOG_MAX, backlogConformance } from '../test/backlog-conformance.js';
import { campaignStoreConformance } from '../test/campaign-conformance.js';
import { packetStoreConformance } from '../test/conformance.js';
import { ruledEdgesConformance } from '../test/ruled-edges-conformance.js';
import { ruledPacketsConformance } from '../test/ruled-conformance.js';
import { spreadPacketsConformance } from '../test/spread-conformance.js';
import { walkAtRandom } from '../test/spread-random.js';
import type { SpreadBench } from '../test/spread-walkers.js';
import { MemoryPacketStore } from './memory-packet-store.js';

const SPREAD_RUNS = 5;

describe('the packet store in memory', () => {
  const open = (backlogMax?: number): SpreadBench => {
    let nowMs = 1_700_000_000_000;
    const store = new MemoryPacketStore(() => nowMs, backlogMax);
    return {
      store,
      outbox: store,
      passTime: async (ms) => {
        nowMs += ms;
      },
      lose: async (packetId, partition) => store.losePartition(packetId, partition),
    };
  };
  packetStoreConformance(open);
  describe('with a full outbox', () => backlogConformance(() => open(BACKLOG_MAX)));
  describe('with rules', () => ruledPacketsConformance(open));
  describe('at the edges of rules', () => ruledEdgesConformance(open));
  describe('over partitions', () => spreadPacketsConformance(open));

  it('gives one claim a user and one owner an ordinal over random runs, also when partitions are lost', async () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
    console.log(`packets over partitions: SEED=${seed}`);
    for (let k = 0; k < SPREAD_RUNS; k += 1) await walkAtRandom(open(), seed + k);
  }, 60_000);
  describe('with campaigns', () => campaignStoreConformance(open));
});
