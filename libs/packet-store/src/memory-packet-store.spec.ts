import { describe } from 'vitest';
import { campaignStoreConformance } from '../test/campaign-conformance.js';
import { packetStoreConformance } from '../test/conformance.js';
import { ruledEdgesConformance } from '../test/ruled-edges-conformance.js';
import { ruledPacketsConformance } from '../test/ruled-conformance.js';
import { spreadPacketsConformance } from '../test/spread-conformance.js';
import type { SpreadBench } from '../test/spread-walkers.js';
import { MemoryPacketStore } from './memory-packet-store.js';

describe('the packet store in memory', () => {
  const open = (): SpreadBench => {
    let nowMs = 1_700_000_000_000;
    const store = new MemoryPacketStore(() => nowMs);
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
  describe('with rules', () => ruledPacketsConformance(open));
  describe('at the edges of rules', () => ruledEdgesConformance(open));
  describe('over partitions', () => spreadPacketsConformance(open));
  describe('with campaigns', () => campaignStoreConformance(open));
});
