import { request } from '../net/socket.js';
import { missingFrom, type Packet } from '../state/merge.js';
import { packetsStore, putPacket, removePackets } from '../state/packets.js';
import { serverNow } from '../state/ui.js';

const campaignPackets = () => Object.values(packetsStore.get().byId).filter(({ roomId }) => roomId === null);

/**
 * Campaign packets come to whoever is signed in, but only while connected: the list is asked for on every connection.
 * What was known before and is not listed any more is over, or was called off before it opened.
 */
export async function listCampaignPackets(): Promise<void> {
  const known = campaignPackets();
  let packets: Packet[];
  try {
    ({ packets } = await request('packets:list', {}));
  } catch {
    // The next connection asks again; what is announced meanwhile is pushed.
    return;
  }
  for (const packet of packets) putPacket(packet);
  const { calledOff, over } = missingFrom(known, packets, serverNow());
  removePackets(calledOff);
  for (const packet of over) putPacket({ ...packet, state: 'expired' });
}
