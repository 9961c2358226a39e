import { describe } from 'vitest';
import { packetStoreConformance } from '../test/conformance.js';
import { MemoryPacketStore } from './memory-packet-store.js';

describe('the packet store in memory', () => {
  packetStoreConformance(() => {
    let nowMs = 1_700_000_000_000;
    const store = new MemoryPacketStore(() => nowMs);
    return {
      store,
      outbox: store,
      passTime: async (ms) => {
        nowMs += ms;
      },
    };
  });
});
