import { Controller, Get, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { z } from 'zod';
import { instantSchema, type RevocationsRead } from '@app/contracts';
import { readRevocations } from '@app/ledger';
import { Checked } from '../http/checked.js';
import { ApiParts } from '../parts.js';
import { Public } from './auth.guard.js';

const sinceSchema = z.strictObject({ since: instantSchema.optional() });

/** For gateways, which don't hand this path on to anyone. */
@ApiExcludeController()
@Controller('internal/revocations')
@Checked()
export class InternalRevocationsController {
  constructor(private readonly parts: ApiParts) {}

  @Get()
  @Public()
  read(@Query({ schema: sinceSchema }) { since }: z.output<typeof sinceSchema>): Promise<RevocationsRead> {
    return readRevocations(this.parts.dataSource, since);
  }
}
