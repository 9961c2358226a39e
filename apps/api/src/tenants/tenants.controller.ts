import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import {
  createTenantSchema,
  setTenantMemberSchema,
  tenantIdSchema,
  topupSchema,
  userIdSchema,
  type Identity,
  type TenantMemberView,
  type TenantView,
  type Topup,
  type TopupView,
  type WalletView,
} from '@app/contracts';
import { Caller } from '../auth/auth.guard.js';
import { Checked } from '../http/checked.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { TenantsService } from './tenants.service.js';

const tenantMemberSchema = tenantIdSchema.extend({ userId: userIdSchema });

type TenantParam = z.output<typeof tenantIdSchema>;

@ApiTags('tenants')
@Controller('tenants')
@Checked()
export class TenantsController {
  constructor(private readonly tenants: TenantsService) {}

  /** The caller becomes the owner. */
  @Post()
  @HttpCode(201)
  create(
    @Caller() caller: Identity,
    @Body({ schema: createTenantSchema }) { name }: z.output<typeof createTenantSchema>,
  ): Promise<{ tenantId: string }> {
    return this.tenants.create(caller, name);
  }

  /** Those that the caller belongs to. */
  @Get()
  mine(@Caller() caller: Identity): Promise<TenantView[]> {
    return this.tenants.mine(caller);
  }

  @Get(':tenantId/members')
  members(
    @Caller() caller: Identity,
    @Param({ schema: tenantIdSchema }) { tenantId }: TenantParam,
  ): Promise<TenantMemberView[]> {
    return this.tenants.members(caller, tenantId);
  }

  /** Adds a person or changes a role; owners only. */
  @Post(':tenantId/members')
  @HttpCode(201)
  async setMember(
    @Caller() caller: Identity,
    @Param({ schema: tenantIdSchema }) { tenantId }: TenantParam,
    @Body({ schema: setTenantMemberSchema }) { userId, role }: z.output<typeof setTenantMemberSchema>,
  ): Promise<z.output<typeof setTenantMemberSchema>> {
    await this.tenants.setMember(caller, tenantId, userId, role);
    return { userId, role };
  }

  /** Owners only; the last owner can't be taken away. */
  @Delete(':tenantId/members/:userId')
  async removeMember(
    @Caller() caller: Identity,
    @Param({ schema: tenantMemberSchema }) { tenantId, userId }: z.output<typeof tenantMemberSchema>,
  ): Promise<{ userId: string }> {
    await this.tenants.removeMember(caller, tenantId, userId);
    return { userId };
  }

  @Post(':tenantId/topups')
  @HttpCode(201)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  topUp(
    @Caller() caller: Identity,
    @Param({ schema: tenantIdSchema }) { tenantId }: TenantParam,
    @IdempotencyKey() key: string,
    @Body({ schema: topupSchema }) topup: Topup,
  ): Promise<TopupView> {
    return this.tenants.topUp(caller, tenantId, key, topup);
  }

  @Get(':tenantId/balance')
  balance(
    @Caller() caller: Identity,
    @Param({ schema: tenantIdSchema }) { tenantId }: TenantParam,
  ): Promise<WalletView> {
    return this.tenants.balance(caller, tenantId);
  }
}
