import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { z } from 'zod';
import { addMembersSchema, roomIdSchema, type PacketView } from '@app/contracts';
import { PacketEntity, PLAY_CURRENCY } from '@app/ledger';
import { Public } from '../auth/auth.guard.js';
import { Checked } from '../http/checked.js';
import { ApiParts } from '../parts.js';

const LIVE_PACKETS_MAX = 500;

/** For gateways, which don't hand these paths on to anyone: what there is to tell, and whom. */
@ApiExcludeController()
@Controller('internal')
@Checked()
export class LivePacketsController {
  constructor(private readonly parts: ApiParts) {}

  /** Campaign packets that are announced or open, by their opening. */
  @Get('live-packets')
  @Public()
  async list(): Promise<PacketView[]> {
    const packets = await this.parts.dataSource
      .getRepository(PacketEntity)
      .createQueryBuilder('packet')
      .innerJoin('campaign_drops', 'd', 'd.drop_id = packet.drop_id')
      .where(`packet.campaign_id IS NOT NULL AND packet.state = 'open' AND d.state IN ('announced', 'open')`)
      // Rehearsals last: their robots were told by pushes, and a latecomer's list has an end.
      .orderBy(`packet.currency = '${PLAY_CURRENCY}'`)
      .addOrderBy('packet.opensAt')
      .limit(LIVE_PACKETS_MAX)
      .getMany();
    const views = await Promise.all(packets.map((packet) => this.parts.views.view(packet)));
    return views.filter(({ state }) => state === 'armed' || state === 'open');
  }

  /** Of these, the members of the room. */
  @Post('rooms/:roomId/members-among')
  @Public()
  @HttpCode(200)
  async membersAmong(
    @Param({ schema: roomIdSchema }) { roomId }: z.output<typeof roomIdSchema>,
    @Body({ schema: addMembersSchema }) { userIds }: z.output<typeof addMembersSchema>,
  ): Promise<string[]> {
    const rows = await this.parts.dataSource.query<{ userId: string }[]>(
      `SELECT user_id AS "userId" FROM room_members WHERE room_id = $1 AND user_id = ANY($2::text[])`,
      [roomId, userIds],
    );
    return rows.map(({ userId }) => userId);
  }
}
