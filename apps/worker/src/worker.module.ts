import { BullModule, getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '@app/config';
import type { Logger } from '@app/observability';
import { jobOptions, QUEUE_PREFIX, QUEUES } from '@app/queues';
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
    const provider = {
      provide: WorkerParts,
      inject: [getQueueToken(QUEUES.packets), getQueueToken(QUEUES.settlement)],
      useFactory: (packets: Queue, settlement: Queue) =>
        WorkerParts.open(config, logger, { packets, settlement }),
    };
    const queues = BullModule.registerQueue(
      { name: QUEUES.packets, defaultJobOptions: jobOptions },
      { name: QUEUES.settlement, defaultJobOptions: jobOptions },
    );
    return { module: PartsModule, imports: [queues], providers: [provider], exports: [provider, queues] };
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
