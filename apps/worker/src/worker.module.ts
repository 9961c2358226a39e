import { BullModule } from '@nestjs/bullmq';
import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '@app/config';
import type { Logger } from '@app/observability';
import { QUEUE_PREFIX } from '@app/queues';
import { connectQueue } from '@app/redis';
import { OpsController } from './ops/ops.controller.js';
import { PacketsProcessor } from './packets/packets.processor.js';
import { Sweep } from './packets/sweep.js';
import { WorkerParts } from './parts.js';
import { Relay } from './settlement/relay.js';
import { SettlementProcessor } from './settlement/settlement.processor.js';

@Global()
@Module({})
class PartsModule implements OnApplicationShutdown {
  constructor(private readonly parts: WorkerParts) {}

  static with(config: Config, logger: Logger): DynamicModule {
    const provider = { provide: WorkerParts, useFactory: () => WorkerParts.open(config, logger) };
    return { module: PartsModule, providers: [provider], exports: [provider] };
  }

  /** Last: relay and processors have finished what they had begun. */
  async onApplicationShutdown(): Promise<void> {
    await this.parts.close();
  }
}

@Module({})
export class WorkerModule {
  static with(config: Config, logger: Logger): DynamicModule {
    const connection = connectQueue(config.REDIS_QUEUE_URL, (role, error) =>
      logger.warn({ role, err: error }, 'redis'),
    );
    return {
      module: WorkerModule,
      imports: [
        PartsModule.with(config, logger),
        BullModule.forRoot({ connection: connection as never, prefix: QUEUE_PREFIX }),
      ],
      controllers: [OpsController],
      providers: [Relay, SettlementProcessor, PacketsProcessor, Sweep],
    };
  }
}
