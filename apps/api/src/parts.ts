import { Queue } from 'bullmq';
import type { DataSource } from 'typeorm';
import type { Config } from '@app/config';
import { Tokens } from '@app/identity';
import { makeDataSource, SeedVault } from '@app/ledger';
import { PacketViews, type DropParts } from '@app/lifecycle';
import { Metrics, quietly, type Logger } from '@app/observability';
import { GrabBatcher, RedisPacketStore } from '@app/packet-store';
import { Pusher } from '@app/push';
import { QUEUES, queueOptions } from '@app/queues';
import { connectMoney, connectQueue, connectPublisher, type Redis } from '@app/redis';

/** What the api is made of: one of each, made once, closed together. */
export class ApiParts implements DropParts {
  readonly metrics = new Metrics('api');
  readonly tokens: Tokens;
  readonly vault: SeedVault;
  readonly store: RedisPacketStore;
  readonly views: PacketViews;
  readonly pusher: Pusher;
  readonly packetsQueue: Queue;
  readonly batcher: GrabBatcher;

  private constructor(
    readonly config: Config,
    readonly logger: Logger,
    readonly dataSource: DataSource,
    readonly redis: { money: Redis; queue: Redis; sockets: Redis },
  ) {
    const { JWT_SECRET: secret, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config;
    this.tokens = new Tokens({ secret, issuer, audience });
    this.vault = new SeedVault(config.SEED_KEY);
    this.store = new RedisPacketStore(redis.money);
    this.views = new PacketViews(dataSource, this.store);
    this.pusher = new Pusher(redis.sockets);
    this.packetsQueue = new Queue(QUEUES.packets, queueOptions(redis.queue));
    this.packetsQueue.on('error', (error) => logger.warn({ err: error }, 'queue'));
    const limits = { grabsPerCallMax: config.GRABS_PER_CALL_MAX, grabsWaitingMax: config.GRABS_WAITING_MAX };
    const log = quietly((_key, error) => logger.warn({ err: error }, 'a call of the grab script failed'));
    this.batcher = new GrabBatcher(this.store, limits, (error) => log('grab', error));
  }

  static async open(config: Config, logger: Logger): Promise<ApiParts> {
    const onError = quietly((role, error) => logger.warn({ role, err: error }, 'redis'));
    const dataSource = makeDataSource(config.DATABASE_URL, config.DATABASE_POOL_MAX, 'hongbao-api');
    await dataSource.initialize();
    return new ApiParts(config, logger, dataSource, {
      money: connectMoney(config.REDIS_MONEY_URL, onError),
      queue: connectQueue(config.REDIS_QUEUE_URL, onError),
      sockets: connectPublisher(config.REDIS_SOCKET_URL, onError),
    });
  }

  async close(): Promise<void> {
    await this.packetsQueue.close();
    for (const client of Object.values(this.redis)) client.disconnect();
    await this.dataSource.destroy();
  }
}
