import { Injectable } from '@nestjs/common';
import type { Identity } from '@app/contracts';
import { judgeAudience } from '@app/eligibility';
import type { PacketEntity } from '@app/ledger';
import { ApiParts } from '../parts.js';
import { RoomsService } from '../rooms/rooms.service.js';
import { TenantsService } from '../tenants/tenants.service.js';

/** For whom a packet exists: the members of its room, or the audience of its drop. */
@Injectable()
export class PacketAccess {
  constructor(
    private readonly parts: ApiParts,
    private readonly rooms: RoomsService,
    private readonly tenants: TenantsService,
  ) {}

  /** Lists are not looked at here: the grab script does. */
  async mayGrab({ userId, attributes }: Identity, { roomId, rules }: PacketEntity): Promise<boolean> {
    if (roomId) return this.rooms.isMember(roomId, userId);
    const campaign = rules?.campaign;
    if (!campaign) return false;
    const verdict = judgeAudience(campaign, { attributes }, Date.now());
    if (verdict === 'ask_room' && campaign.audience.kind === 'room')
      return this.rooms.isMember(campaign.audience.roomId, userId);
    return verdict === 'in' || verdict === 'ask_store';
  }

  /** Those who may grab it, those who won of it, and the people of the brand. */
  async maySee(caller: Identity, packet: PacketEntity): Promise<boolean> {
    const { packetId, roomId, rules, senderId } = packet;
    if (roomId) return this.rooms.isMember(roomId, caller.userId);
    if (await this.tenants.isMember(caller, senderId)) return true;
    if (!(await this.mayGrab(caller, packet))) return false;
    const { campaignId, audienceId } = rules!.campaign!;
    if (!audienceId) return true;
    const [listed] = await this.parts.store.inAudience(campaignId, audienceId, [caller.userId]);
    if (listed) return true;
    // A day after its close the store has forgotten the list; who won may look at the packet for ever.
    const won = `SELECT 1 FROM claims WHERE packet_id = $1 AND user_id = $2`;
    return (await this.parts.dataSource.query<unknown[]>(won, [packetId, caller.userId])).length > 0;
  }
}
