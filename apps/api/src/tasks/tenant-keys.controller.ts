import { Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { z } from 'zod';
import {
  RefusalError,
  tenantIdSchema,
  tenantKeySchema,
  type Identity,
  type TenantKeyMade,
  type TenantKeyView,
} from '@app/contracts';
import { createTenantKey, listTenantKeys, revokeTenantKey } from '@app/ledger';
import { Caller } from '../auth/auth.guard.js';
import { Checked } from '../http/checked.js';
import { listQuerySchema, sayNextCursor, type ListQuery } from '../http/page-of-list.js';
import { ApiParts } from '../parts.js';
import { TenantsService } from '../tenants/tenants.service.js';

type TenantParam = z.output<typeof tenantIdSchema>;

/** Keys with which a tenant's host app signs its calls; for owners. */
@ApiTags('tenants')
@Controller('tenants/:tenantId/keys')
@Checked()
export class TenantKeysController {
  constructor(
    private readonly parts: ApiParts,
    private readonly tenants: TenantsService,
  ) {}

  /** The secret is shown here and never again. */
  @Post()
  @HttpCode(201)
  async create(
    @Caller() caller: Identity,
    @Param({ schema: tenantIdSchema }) { tenantId }: TenantParam,
  ): Promise<TenantKeyMade> {
    await this.tenants.assertRole(caller, tenantId, ['owner']);
    return createTenantKey(this.parts.dataSource, this.parts.vault, tenantId, caller.userId);
  }

  /** Newest first, the revoked ones too. */
  @Get()
  async list(
    @Caller() caller: Identity,
    @Param({ schema: tenantIdSchema }) { tenantId }: TenantParam,
    @Query({ schema: listQuerySchema }) { limit, cursor = 0 }: ListQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TenantKeyView[]> {
    await this.tenants.assertRole(caller, tenantId, ['owner']);
    const keys = await listTenantKeys(this.parts.dataSource, tenantId, limit, cursor);
    if (keys.length === limit) sayNextCursor(response, cursor + limit);
    return keys;
  }

  /** What it signs from now on is refused. */
  @Delete(':keyId')
  async revoke(
    @Caller() caller: Identity,
    @Param({ schema: tenantKeySchema }) { tenantId, keyId }: z.output<typeof tenantKeySchema>,
  ): Promise<{ keyId: string }> {
    await this.tenants.assertRole(caller, tenantId, ['owner']);
    if (!(await revokeTenantKey(this.parts.dataSource, tenantId, keyId))) throw new RefusalError('not_found');
    return { keyId };
  }
}
