import { Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import type { Config } from '@app/config';
import { OPS, OpsController, type Logger, type Ops } from '@app/observability';
import { AudiencesController } from './audiences/audiences.controller.js';
import { AudiencesService } from './audiences/audiences.service.js';
import { AuthGuard } from './auth/auth.guard.js';
import { IdentityController } from './auth/identity.controller.js';
import { InternalRevocationsController } from './auth/internal-revocations.controller.js';
import { RevocationsController } from './auth/revocations.controller.js';
import { UserNames } from './auth/user-names.js';
import { CampaignsController } from './campaigns/campaigns.controller.js';
import { CampaignsService } from './campaigns/campaigns.service.js';
import { DropRules } from './campaigns/drop-rules.js';
import { DropsController } from './campaigns/drops.controller.js';
import { DropsService } from './campaigns/drops.service.js';
import { LivePacketsController } from './campaigns/live-packets.controller.js';
import { RehearsalsService } from './campaigns/rehearsals.service.js';
import { SteeringService } from './campaigns/steering.service.js';
import { CoversController } from './covers/covers.controller.js';
import { CoversService } from './covers/covers.service.js';
import { ProblemFilter } from './http/problem.filter.js';
import { AddressLimitGuard, UserLimitGuard } from './http/rate-limit.guards.js';
import { PacketAccess } from './packets/packet-access.js';
import { PacketsController } from './packets/packets.controller.js';
import { PacketsService } from './packets/packets.service.js';
import { ApiParts } from './parts.js';
import { ReportsController } from './reports/reports.controller.js';
import { ReportsService } from './reports/reports.service.js';
import { RoomsController } from './rooms/rooms.controller.js';
import { RoomsService } from './rooms/rooms.service.js';
import { TasksController } from './tasks/tasks.controller.js';
import { TenantKeysController } from './tasks/tenant-keys.controller.js';
import { TenantsController } from './tenants/tenants.controller.js';
import { TenantsService } from './tenants/tenants.service.js';
import { WalletController } from './wallet/wallet.controller.js';

/** Ready: money can be moved. */
const ops: Provider = {
  provide: OPS,
  inject: [ApiParts],
  useFactory: ({ metrics, dataSource, store }: ApiParts): Ops => ({
    metrics,
    checks: {
      postgres: async () => Boolean(await dataSource.query('SELECT 1')),
      packetStore: () => store.connected,
    },
  }),
};

@Module({})
export class ApiModule implements OnApplicationShutdown {
  constructor(private readonly parts: ApiParts) {}

  static with(config: Config, logger: Logger): DynamicModule {
    const parts: Provider = { provide: ApiParts, useFactory: () => ApiParts.open(config, logger) };
    return {
      module: ApiModule,
      controllers: [
        IdentityController,
        RevocationsController,
        InternalRevocationsController,
        WalletController,
        RoomsController,
        PacketsController,
        TenantsController,
        CampaignsController,
        DropsController,
        ReportsController,
        LivePacketsController,
        CoversController,
        AudiencesController,
        TenantKeysController,
        TasksController,
        OpsController,
      ],
      providers: [
        parts,
        ops,
        UserNames,
        RoomsService,
        PacketAccess,
        PacketsService,
        CampaignsService,
        DropRules,
        DropsService,
        ReportsService,
        SteeringService,
        RehearsalsService,
        TenantsService,
        CoversService,
        AudiencesService,
        // In this order: checking a token costs more than counting, so an address that sends bad ones is stopped before it.
        { provide: APP_GUARD, useClass: AddressLimitGuard },
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_GUARD, useClass: UserLimitGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }

  /** After the HTTP server has answered what it had begun. */
  async onApplicationShutdown(): Promise<void> {
    await this.parts.close();
  }
}
