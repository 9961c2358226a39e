import { request } from '../net/socket.js';
import { missingFrom, type Packet } from '../state/merge.js';
import { packetsStore, putPacket, removePackets } from '../state/packets.js';
import { serverNow } from '../state/ui.js';

export const campaignPackets = () =>
  Object.values(packetsStore.get().byId).filter(({ roomId }) => roomId === null);

/**
 * Campaign packets come by themselves, but only while connected, and those for a room only to who has joined it: so the
 * list is asked for on every connection and after every joining.
 */
export async function listCampaignPackets(): Promise<void> {
  try {
    const { packets } = await request('packets:list', {});
    for (const packet of packets) putPacket(packet);
  } catch {
    // The next connection asks again; what is announced meanwhile is pushed.
  }
}

/** Once all rooms of before are joined again: what was `known` and is not listed is over, or was called off unopened. */
export function takeListed(packets: readonly Packet[], known: readonly Packet[]): void {
  for (const packet of packets) putPacket(packet);
  const { calledOff, over } = missingFrom(known, packets, serverNow());
  removePackets(calledOff);
  for (const packet of over) putPacket({ ...packet, state: 'expired' });
}
