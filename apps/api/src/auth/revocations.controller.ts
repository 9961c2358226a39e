import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { RefusalError, revokeSchema, type Identity, type RevocationView, type Revoke } from '@app/contracts';
import { listRevocations, revoke } from '@app/ledger';
import { Checked } from '../http/checked.js';
import { listQuerySchema, sayNextCursor, type ListQuery } from '../http/page-of-list.js';
import { ApiParts } from '../parts.js';
import { Caller } from './auth.guard.js';

/** Tokens that no longer count; for operators. */
@ApiTags('identity')
@Controller('revocations')
@Checked()
export class RevocationsController {
  constructor(private readonly parts: ApiParts) {}

  /**
   * One token by its id (`jti`), or all of a user's that were issued up to an instant, now if none is given. Counts here at
   * once, and on every other process within some two seconds: sockets that came in by it are told `unauthorized` and closed.
   * Can't be taken back; the person signs in anew. Doing it again is harmless.
   */
  @Post()
  @HttpCode(201)
  async revoke(
    @Caller() caller: Identity,
    @Body({ schema: revokeSchema }) request: Revoke,
  ): Promise<RevocationView> {
    assertOperator(caller);
    assertInstants(request);
    const revocation = await revoke(this.parts.dataSource, request, caller.userId);
    this.parts.revocations.learn([revocation]);
    return revocation;
  }

  /** Newest first. */
  @Get()
  async list(
    @Caller() caller: Identity,
    @Query({ schema: listQuerySchema }) { limit, cursor = 0 }: ListQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RevocationView[]> {
    assertOperator(caller);
    const revocations = await listRevocations(this.parts.dataSource, limit, cursor);
    if (revocations.length === limit) sayNextCursor(response, cursor + limit);
    return revocations;
  }
}

function assertOperator({ role }: Identity): void {
  if (role !== 'operator') throw new RefusalError('forbidden');
}

/** One of the future would keep the person from ever signing in again; one that is over already would never count. */
function assertInstants(request: Revoke): void {
  const nowMs = Date.now();
  const issues: { path: string; message: string }[] = [];
  if ('userId' in request && request.issuedBefore && Date.parse(request.issuedBefore) > nowMs)
    issues.push({ path: 'issuedBefore', message: 'must not be in the future' });
  if (request.expiresAt && Date.parse(request.expiresAt) <= nowMs)
    issues.push({ path: 'expiresAt', message: 'must be in the future' });
  if (issues.length > 0) throw new RefusalError('invalid_request', { issues });
}
