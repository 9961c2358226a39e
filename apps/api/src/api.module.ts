import { Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import type { Config } from '@app/config';
import { OPS, OpsController, type Logger, type Ops } from '@app/observability';
import { AuthGuard } from './auth/auth.guard.js';
import { IdentityController } from './auth/identity.controller.js';
import { UserNames } from './auth/user-names.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RateLimitGuard } from './http/rate-limit.guard.js';
import { PacketsController } from './packets/packets.controller.js';
import { PacketsService } from './packets/packets.service.js';
import { ApiParts } from './parts.js';
import { RoomsController } from './rooms/rooms.controller.js';
import { RoomsService } from './rooms/rooms.service.js';
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
        WalletController,
        RoomsController,
        PacketsController,
        TenantsController,
        OpsController,
      ],
      providers: [
        parts,
        ops,
        UserNames,
        RoomsService,
        PacketsService,
        TenantsService,
        // In this order: who asks, then how often.
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_GUARD, useClass: RateLimitGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }

  /** After the HTTP server has answered what it had begun. */
  async onApplicationShutdown(): Promise<void> {
    await this.parts.close();
  }
}
