import { BullModule, getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '@app/config';
import { OPS, OpsController, type Logger, type Ops } from '@app/observability';
import { jobOptions, QUEUE_PREFIX, QUEUES, settlementJobOptions } from '@app/queues';
import { connectQueue } from '@app/redis';
import { CampaignSweep } from './campaigns/campaign-sweep.js';
import { CampaignsProcessor } from './campaigns/campaigns.processor.js';
import { FunnelKeeper } from './campaigns/funnel-keeper.js';
import { GatedPackets } from './packets/gated-packets.js';
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
      inject: [QUEUES.packets, QUEUES.settlement, QUEUES.campaigns].map((name) => getQueueToken(name)),
      useFactory: (packets: Queue, settlement: Queue, campaigns: Queue) =>
        WorkerParts.open(config, logger, { packets, settlement, campaigns }),
    };
    const queues = BullModule.registerQueue(
      { name: QUEUES.packets, defaultJobOptions: jobOptions },
      { name: QUEUES.campaigns, defaultJobOptions: jobOptions },
      { name: QUEUES.settlement, defaultJobOptions: settlementJobOptions },
    );
    return { module: PartsModule, imports: [queues], providers: [provider], exports: [provider, queues] };
  }

  /** Last: relay and processors have finished what they had begun. */
  async onApplicationShutdown(): Promise<void> {
    await this.parts.close();
  }
}

/** Ready: claims can be settled and every slot's gate is open. */
const ops = {
  provide: OPS,
  inject: [WorkerParts, GatedPackets],
  useFactory: ({ metrics, dataSource, store }: WorkerParts, gated: GatedPackets): Ops => ({
    metrics,
    checks: {
      postgres: async () => Boolean(await dataSource.query('SELECT 1')),
      packetStore: () => store.connected,
      gatesOpen: async () => (await store.gates.shutSlots()).slots.length === 0,
    },
    details: () => gated.details(),
  }),
};

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
      providers: [
        ops,
        Relay,
        SettlementProcessor,
        PacketsProcessor,
        GatedPackets,
        Sweep,
        CampaignsProcessor,
        CampaignSweep,
        FunnelKeeper,
      ],
    };
  }
}
