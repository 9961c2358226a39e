import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { PacketView } from '@app/contracts';
import { PacketEntity, PLAY_CURRENCY } from '@app/ledger';
import { Public } from '../auth/auth.guard.js';
import { ApiParts } from '../parts.js';

const LIVE_PACKETS_MAX = 500;

/** For gateways, which don't hand this path on to anyone: what an audience may be told at any time, without gates. */
@ApiExcludeController()
@Controller('internal')
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
}
