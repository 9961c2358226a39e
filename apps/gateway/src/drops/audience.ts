import type { Audience, PacketView } from '@app/contracts';
import { judgeAudience } from '@app/eligibility';
import type { RedisPacketStore } from '@app/packet-store';
import { socketRooms } from '@app/push';
import type { Memberships } from '../grabs/memberships.js';
import type { ListedPacket } from '../grabs/packet-directory.js';
import type { HongbaoSocket } from '../sockets/person.js';

/** Where it is known who is on a list, who has won, and who belongs to a room. */
export interface Facts {
  store: Pick<RedisPacketStore, 'inAudience' | 'wonBefore' | 'wonHere'>;
  memberships: Pick<Memberships, 'filter'>;
}

export interface LivePacket {
  view: PacketView<number>;
  listed: ListedPacket;
}

/**
 * Which of these packets each socket is to hear of, by socket id. Of a drop's own packet and its tiers everyone gets the
 * first tier that fits, else the drop's own; the packets of a round of rain go to everyone together.
 */
export async function chooseTiers(
  facts: Facts,
  sockets: readonly HongbaoSocket[],
  packets: readonly LivePacket[],
): Promise<Map<string, LivePacket[]>> {
  const chosen = new Map<string, LivePacket[]>();
  for (const ofDrop of byDrop(packets).values()) {
    let left = [...sockets];
    for (const packet of ofDrop) {
      const fitting = await whoFits(facts, left, packet.listed);
      for (const { id } of fitting) {
        const own = chosen.get(id);
        if (own) own.push(packet);
        else chosen.set(id, [packet]);
      }
      if (packet.listed.rules?.campaign?.onceKey) left = left.filter((socket) => !fitting.includes(socket));
    }
  }
  return chosen;
}

/** Packets of one drop together, its tiers first. */
function byDrop(packets: readonly LivePacket[]): Map<string, LivePacket[]> {
  const drops = new Map<string, LivePacket[]>();
  for (const packet of packets) {
    const dropId = packet.view.dropId ?? packet.view.packetId;
    drops.set(dropId, [...(drops.get(dropId) ?? []), packet]);
  }
  const rank = ({ listed }: LivePacket) => {
    const campaign = listed.rules?.campaign;
    return campaign?.tier ? Number(campaign.part.split(':')[1]) : Number.MAX_SAFE_INTEGER;
  };
  for (const ofDrop of drops.values()) ofDrop.sort((a, b) => rank(a) - rank(b));
  return drops;
}

async function whoFits(
  facts: Facts,
  sockets: readonly HongbaoSocket[],
  { packetId, roomId, rules }: ListedPacket,
): Promise<HongbaoSocket[]> {
  if (roomId) return sockets.filter((socket) => socket.rooms.has(socketRooms.room(roomId)));
  const campaign = rules?.campaign;
  if (!campaign) return [];
  const nowMs = Date.now();
  const members = await membersOf(facts, campaign.audience, sockets);
  const storeKnows = campaign.tier !== undefined && !campaign.tier.segment;
  const unsure: HongbaoSocket[] = [];
  const fitting = sockets.filter((socket) => {
    const { person } = socket.data;
    const verdict = judgeAudience(campaign, person, nowMs);
    const isIn = verdict === 'in' || (verdict === 'ask_room' && members.has(person.userId));
    const asksStore = verdict === 'ask_store' || (isIn && storeKnows);
    if (asksStore) unsure.push(socket);
    return isIn && !asksStore;
  });
  if (unsure.length === 0) return fitting;
  const userIds = unsure.map((socket) => socket.data.person.userId);
  // Who has a claim on this packet keeps it, also where the claim itself has changed where they belong.
  const [listed, won, here] = await Promise.all([
    campaign.audienceId
      ? facts.store.inAudience(campaign.campaignId, campaign.audienceId, userIds)
      : undefined,
    campaign.tier?.neverWon ? facts.store.wonBefore(campaign.campaignId, userIds) : undefined,
    campaign.tier?.neverWon ? facts.store.wonHere(packetId, userIds) : undefined,
  ]);
  return [...fitting, ...unsure.filter((_, k) => (listed ? listed[k] : true) && (!won?.[k] || here?.[k]))];
}

/** Of the audience's room, those who are here: it does not matter which room their page shows. */
async function membersOf(
  { memberships }: Facts,
  audience: Audience,
  sockets: readonly HongbaoSocket[],
): Promise<Set<string>> {
  if (audience.kind !== 'room') return new Set();
  return memberships.filter(
    audience.roomId,
    sockets.map((socket) => socket.data.person.userId),
  );
}
