import { describe, expect, it } from 'vitest';
import { opensAtFor } from '@app/client';
import { packetOf } from '../drops/packet-of.js';
import { packetsStore, putPacket } from './packets.js';
import { myId } from './session.js';

describe('a packet whose opening is staggered', () => {
  const heard = packetOf({ packetId: 'staggered', staggerMs: 10_000 });
  const own = opensAtFor(heard, myId());
  const kept = () => packetsStore.get().byId['staggered']!;

  it('is kept with my own instant, however often it is heard of', () => {
    expect(own).not.toBe(heard.opensAt);
    putPacket(heard);
    expect(kept().opensAt).toBe(own);
    putPacket({ ...heard, state: 'open' });
    expect(kept()).toMatchObject({ opensAt: own, state: 'open' });
  });

  it('stays so when what is known of it is changed', () => {
    putPacket({ ...kept(), state: 'expired' });
    expect(kept()).toMatchObject({ opensAt: own, state: 'expired' });
  });
});
