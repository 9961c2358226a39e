import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import {
  grabBodySchema,
  grabOnHttp,
  packetIdSchema,
  sendPacketSchema,
  type ClaimView,
  type GrabResult,
  type HistoryView,
  type Identity,
  type PacketView,
  type Proof,
  type SendPacket,
} from '@app/contracts';
import { readHistory } from '@app/ledger';
import { Caller } from '../auth/auth.guard.js';
import { Checked } from '../http/checked.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { LIST_LIMIT_MAX, listQuerySchema, sayNextCursor, type ListQuery } from '../http/page-of-list.js';
import { ApiParts } from '../parts.js';
import { PacketsService } from './packets.service.js';

type PacketParam = z.output<typeof packetIdSchema>;

const claimsQuerySchema = listQuerySchema.extend({
  limit: z.coerce.number().int().min(1).max(LIST_LIMIT_MAX).default(LIST_LIMIT_MAX),
});

const historyQuerySchema = listQuerySchema.extend({
  direction: z.enum(['sent', 'received']),
  year: z.coerce.number().int().min(2000).max(9998).optional(),
});

@ApiTags('packets')
@Controller()
@Checked()
export class PacketsController {
  constructor(
    private readonly parts: ApiParts,
    private readonly packets: PacketsService,
  ) {}

  @Post('packets')
  @HttpCode(201)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  send(
    @Caller() caller: Identity,
    @IdempotencyKey() key: string,
    @Body({ schema: sendPacketSchema }) request: SendPacket,
  ): Promise<PacketView> {
    return this.packets.send(caller, key, request);
  }

  @Get('packets/:packetId')
  view(
    @Caller() caller: Identity,
    @Param({ schema: packetIdSchema }) { packetId }: PacketParam,
  ): Promise<PacketView> {
    return this.packets.view(caller, packetId);
  }

  @Post('packets/:packetId/grabs')
  @HttpCode(200)
  async grab(
    @Caller() caller: Identity,
    @Param({ schema: packetIdSchema }) { packetId }: PacketParam,
    @Body({ schema: grabBodySchema.optional() }) body: z.output<typeof grabBodySchema> | undefined,
  ): Promise<GrabResult> {
    return grabOnHttp(await this.packets.grab(caller, packetId, body?.answers));
  }

  /** In grab order, 100 at a time; `cursor`: the ordinal to go on after. */
  @Get('packets/:packetId/claims')
  async claims(
    @Caller() caller: Identity,
    @Param({ schema: packetIdSchema }) { packetId }: PacketParam,
    @Query({ schema: claimsQuerySchema }) { limit, cursor = 0 }: ListQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ClaimView[]> {
    const claims = await this.packets.claims(caller, packetId, cursor, limit + 1);
    const page = claims.slice(0, limit);
    if (claims.length > limit) sayNextCursor(response, page.at(-1)!.ordinal);
    return page;
  }

  /** All that is needed to recompute the split, once the packet is closed. */
  @Get('packets/:packetId/proof')
  proof(
    @Caller() caller: Identity,
    @Param({ schema: packetIdSchema }) { packetId }: PacketParam,
  ): Promise<Proof> {
    return this.packets.proof(caller, packetId);
  }

  /** Packets sent or received in a year (this year by default), newest first, with the totals of the whole year. */
  @Get('me/packets')
  async history(
    @Caller() { userId }: Identity,
    @Query({ schema: historyQuerySchema })
    { direction, year, limit, cursor }: z.output<typeof historyQuerySchema>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<HistoryView> {
    const timeZone = this.parts.config.TIME_ZONE;
    const thisYear = Number(new Intl.DateTimeFormat('en', { timeZone, year: 'numeric' }).format(new Date()));
    const history = await readHistory(this.parts.dataSource, direction, {
      userId,
      year: year ?? thisYear,
      timeZone,
      limit,
      offset: cursor ?? 0,
    });
    sayNextCursor(response, history.nextCursor);
    return history;
  }
}
