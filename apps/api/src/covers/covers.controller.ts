import {
  Body,
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Res,
  UploadedFile,
  UseInterceptors,
} from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { coverFieldsSchema, coverIdSchema, uuidSchema, type CoverView, type Identity } from '@app/contracts';
import { Caller } from '../auth/auth.guard.js';
import { Checked } from '../http/checked.js';
import { listQuerySchema, sayNextCursor } from '../http/page-of-list.js';
import { CoverUpload } from './cover-upload.js';
import { CoversService } from './covers.service.js';

const coversQuerySchema = listQuerySchema.extend({ tenantId: uuidSchema.optional() });

/** For OpenAPI with the picture, which is no field once it has been received. */
const coverFormSchema = coverFieldsSchema.extend({
  image: z
    .unknown()
    .optional()
    .meta({ type: 'string', format: 'binary', description: 'PNG, JPEG or WebP, at most 5 MB; required' }),
});

@ApiTags('covers')
@Controller('covers')
@Checked()
export class CoversController {
  constructor(private readonly covers: CoversService) {}

  /** A picture for packets; owners and marketers. Kept as WebP without metadata, at most 750 by 1,250 pixels. */
  @Post()
  @HttpCode(201)
  @UseInterceptors(CoverUpload)
  @ApiConsumes('multipart/form-data')
  create(
    @Caller() caller: Identity,
    @UploadedFile() file: { buffer: Buffer } | undefined,
    @Body({ schema: coverFormSchema }) fields: z.output<typeof coverFormSchema>,
  ): Promise<CoverView> {
    return this.covers.create(caller, fields, file?.buffer);
  }

  /** Those of a tenant, newest first. */
  @Get()
  async list(
    @Caller() caller: Identity,
    @Query({ schema: coversQuerySchema }) { tenantId, limit, cursor = 0 }: z.output<typeof coversQuerySchema>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CoverView[]> {
    const covers = await this.covers.list(caller, tenantId, limit, cursor);
    if (covers.length === limit) sayNextCursor(response, cursor + limit);
    return covers;
  }

  @Get(':coverId')
  view(
    @Caller() caller: Identity,
    @Param({ schema: coverIdSchema }) { coverId }: z.output<typeof coverIdSchema>,
  ): Promise<CoverView> {
    return this.covers.view(caller, coverId);
  }
}
