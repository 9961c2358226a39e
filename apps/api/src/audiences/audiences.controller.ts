import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import {
  audienceIdSchema,
  RefusalError,
  textSchema,
  uuidSchema,
  type AudienceUpload,
  type AudienceView,
  type Identity,
} from '@app/contracts';
import { Caller } from '../auth/auth.guard.js';
import { Checked } from '../http/checked.js';
import { listQuerySchema, sayNextCursor } from '../http/page-of-list.js';
import { AudiencesService } from './audiences.service.js';

const AUDIENCE_NAME_CHARS_MAX = 64;

const uploadQuerySchema = z.object({
  tenantId: uuidSchema.optional(),
  name: textSchema(1, AUDIENCE_NAME_CHARS_MAX).optional(),
});
const audiencesQuerySchema = listQuerySchema.extend({ tenantId: uuidSchema.optional() });

@ApiTags('audiences')
@Controller('audiences')
@Checked()
export class AudiencesController {
  constructor(private readonly audiences: AudiencesService) {}

  /**
   * A list of users, an id a line, at most 1,000,000; owners and marketers. `user_id` in the first line is a header. Lines
   * that are refused are named in the answer, the rest is taken. Without a name it is called by today's date.
   */
  @Post()
  @HttpCode(201)
  @ApiConsumes('text/csv', 'text/plain')
  @ApiBody({ schema: { type: 'string', example: 'user_id\nalice\nbob\n' } })
  async upload(
    @Caller() caller: Identity,
    @Query({ schema: uploadQuerySchema }) { tenantId: given, name }: z.output<typeof uploadQuerySchema>,
    @Req() request: Request,
  ): Promise<AudienceUpload> {
    const tenantId = await this.audiences.mayUpload(caller, given);
    assertText(request);
    try {
      return await this.audiences.upload(caller, tenantId, {
        name: name ?? new Date().toISOString().slice(0, 10),
        body: request,
        bytes: Number(request.headers['content-length'] ?? 0),
      });
    } finally {
      // What is left of a refused body is read and forgotten, or the next request on the connection would wait for ever.
      request.resume();
    }
  }

  /** Those of a tenant, newest first. */
  @Get()
  async list(
    @Caller() caller: Identity,
    @Query({ schema: audiencesQuerySchema })
    { tenantId, limit, cursor = 0 }: z.output<typeof audiencesQuerySchema>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AudienceView[]> {
    const audiences = await this.audiences.list(caller, tenantId, limit, cursor);
    if (audiences.length === limit) sayNextCursor(response, cursor + limit);
    return audiences;
  }

  @Get(':audienceId')
  view(
    @Caller() caller: Identity,
    @Param({ schema: audienceIdSchema }) { audienceId }: z.output<typeof audienceIdSchema>,
  ): Promise<AudienceView> {
    return this.audiences.view(caller, audienceId);
  }
}

function assertText(request: Request): void {
  const refused = (path: string, message: string) =>
    new RefusalError('invalid_request', { issues: [{ path, message }] });
  if (!request.is(['text/csv', 'text/plain']))
    throw refused('Content-Type', 'must be text/csv or text/plain');
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity')
    throw refused('Content-Encoding', 'must be absent: lists are read as they are');
}
