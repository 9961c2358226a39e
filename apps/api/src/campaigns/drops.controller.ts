import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import {
  campaignIdSchema,
  createDropSchema,
  dropIdSchema,
  type CreateDrop,
  type DropView,
  type Identity,
} from '@app/contracts';
import { Caller } from '../auth/auth.guard.js';
import { Checked } from '../http/checked.js';
import { DropsService } from './drops.service.js';

type CampaignParam = z.output<typeof campaignIdSchema>;
type DropParam = z.output<typeof dropIdSchema>;

@ApiTags('campaigns')
@Controller('campaigns/:campaignId/drops')
@Checked()
export class DropsController {
  constructor(private readonly drops: DropsService) {}

  /** Also while the campaign runs, as long as the budget covers all drops. */
  @Post()
  @HttpCode(201)
  add(
    @Caller() caller: Identity,
    @Param({ schema: campaignIdSchema }) { campaignId }: CampaignParam,
    @Body({ schema: createDropSchema }) body: CreateDrop,
  ): Promise<DropView> {
    return this.drops.add(caller, campaignId, body);
  }

  /** By their opening. */
  @Get()
  list(
    @Caller() caller: Identity,
    @Param({ schema: campaignIdSchema }) { campaignId }: CampaignParam,
  ): Promise<DropView[]> {
    return this.drops.list(caller, campaignId);
  }

  /** A drop that has no packets yet, whole. */
  @Patch(':dropId')
  change(
    @Caller() caller: Identity,
    @Param({ schema: dropIdSchema }) { campaignId, dropId }: DropParam,
    @Body({ schema: createDropSchema }) body: CreateDrop,
  ): Promise<DropView> {
    return this.drops.change(caller, campaignId, dropId, body);
  }

  @Delete(':dropId')
  @HttpCode(200)
  async remove(
    @Caller() caller: Identity,
    @Param({ schema: dropIdSchema }) { campaignId, dropId }: DropParam,
  ): Promise<Record<string, never>> {
    await this.drops.remove(caller, campaignId, dropId);
    return {};
  }
}
