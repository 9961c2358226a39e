import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import {
  topupSchema,
  type EntryView,
  type Identity,
  type Topup,
  type TopupView,
  type WalletView,
} from '@app/contracts';
import { readEntries, readWallet, tellWallet, topUp } from '@app/ledger';
import { Caller } from '../auth/auth.guard.js';
import { Checked } from '../http/checked.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { listQuerySchema, sayNextCursor, type ListQuery } from '../http/page-of-list.js';
import { ApiParts } from '../parts.js';
import { assertTopupOffered } from './topup-rules.js';

@ApiTags('wallet')
@Controller()
@Checked()
export class WalletController {
  constructor(private readonly parts: ApiParts) {}

  @Get('wallet')
  async wallet(@Caller() { userId }: Identity): Promise<WalletView> {
    const { balances } = await readWallet(this.parts.dataSource, userId);
    const [currency] = this.parts.config.CURRENCIES;
    return { balances: balances.length > 0 ? balances : [{ currency: currency!, available: 0, held: 0 }] };
  }

  @Get('wallet/entries')
  async entries(
    @Caller() { userId }: Identity,
    @Query({ schema: listQuerySchema }) { limit, cursor }: ListQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<EntryView[]> {
    const entries = await readEntries(this.parts.dataSource, userId, limit, cursor);
    if (entries.length === limit) sayNextCursor(response, entries.at(-1)!.entryId);
    return entries;
  }

  @Post('topups')
  @HttpCode(201)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  async topUp(
    @Caller() { userId }: Identity,
    @IdempotencyKey() key: string,
    @Body({ schema: topupSchema }) topup: Topup,
  ): Promise<TopupView> {
    const { dataSource, config, pusher } = this.parts;
    assertTopupOffered(config, topup);
    const { view, transferId } = await topUp(dataSource, userId, key, topup);
    const change = transferId && (await tellWallet(dataSource, userId, topup.currency));
    if (change) pusher.toGateways('wallets:changed', [{ userId, change }]);
    return view;
  }
}
