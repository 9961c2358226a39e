import { request } from '../net/socket.js';
import { missingFrom, type Packet } from '../state/merge.js';
import { packetsStore, putPacket, removePackets } from '../state/packets.js';
import { serverNow } from '../state/ui.js';

const campaignPackets = () => Object.values(packetsStore.get().byId).filter(({ roomId }) => roomId === null);

/**
 * Campaign packets come by themselves, but only while connected, and those for a room only to who has joined it: so the
 * list is asked for on every connection and after every joining. `rejoined`: all rooms of before are joined again, so
 * what was known and is not listed any more is over, or was called off before it opened.
 */
export async function listCampaignPackets(rejoined = false): Promise<void> {
  const known = campaignPackets();
  let packets: Packet[];
  try {
    ({ packets } = await request('packets:list', {}));
  } catch {
    // The next connection asks again; what is announced meanwhile is pushed.
    return;
  }
  for (const packet of packets) putPacket(packet);
  if (!rejoined) return;
  const { calledOff, over } = missingFrom(known, packets, serverNow());
  removePackets(calledOff);
  for (const packet of over) putPacket({ ...packet, state: 'expired' });
}
