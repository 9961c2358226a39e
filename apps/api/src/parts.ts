import { Queue } from 'bullmq';
import type { DataSource } from 'typeorm';
import type { Config } from '@app/config';
import { FunnelRecorder } from '@app/funnel';
import { Revocations, RevocationWatch, Tokens, tokenSettingsOf } from '@app/identity';
import { makeDataSource, openDataSource, readRevocations, SeedVault } from '@app/ledger';
import { campaignSettingsOf, PacketViews, type CampaignParts } from '@app/lifecycle';
import { Metrics, quietly, type Logger } from '@app/observability';
import { GrabBatcher, RedisPacketStore, SpreadGrabs } from '@app/packet-store';
import { Pusher } from '@app/push';
import { QUEUES, queueOptions } from '@app/queues';
import { connectMoney, connectQueue, connectPublisher, type Redis } from '@app/redis';

/** What the api is made of: one of each, made once, closed together. */
export class ApiParts implements CampaignParts {
  readonly metrics = new Metrics('api');
  readonly tokens: Tokens;
  readonly revocations = new Revocations();
  private readonly revocationWatch: RevocationWatch;
  readonly vault: SeedVault;
  readonly store: RedisPacketStore;
  readonly views: PacketViews;
  readonly pusher: Pusher;
  readonly packetsQueue: Queue;
  readonly campaignsQueue: Queue;
  readonly rehearsalsQueue: Queue;
  readonly campaignSettings: CampaignParts['campaignSettings'];
  readonly funnel: FunnelRecorder;
  readonly batcher: SpreadGrabs;

  private constructor(
    readonly config: Config,
    readonly logger: Logger,
    readonly dataSource: DataSource,
    readonly redis: { money: Redis; queue: Redis; sockets: Redis },
  ) {
    const unread = quietly((what, error) => logger.warn({ err: error }, `${what} could not be read`));
    this.tokens = new Tokens(tokenSettingsOf(config), {
      revocations: this.revocations,
      onError: (error) => unread('the keys of tokens', error),
    });
    this.revocationWatch = new RevocationWatch(this.revocations, {
      read: (since) => readRevocations(dataSource, since),
      onError: (error) => unread('revocations', error),
    });
    this.vault = new SeedVault(config.SEED_KEY);
    this.store = new RedisPacketStore(redis.money, {
      replicasAck: config.MONEY_REPLICAS_ACK,
      backlogMax: config.OUTBOX_BACKLOG_MAX,
    });
    this.views = new PacketViews(dataSource, this.store, config.STAGGER_OPENING_MS);
    this.pusher = new Pusher(redis.sockets);
    this.packetsQueue = new Queue(QUEUES.packets, queueOptions(redis.queue));
    this.campaignsQueue = new Queue(QUEUES.campaigns, queueOptions(redis.queue));
    this.rehearsalsQueue = new Queue(QUEUES.rehearsals, queueOptions(redis.queue));
    for (const queue of this.queues) queue.on('error', (error) => logger.warn({ err: error }, 'queue'));
    this.campaignSettings = campaignSettingsOf(config);
    const missed = quietly((_key, error) => logger.warn({ err: error }, 'the funnel could not be written'));
    this.funnel = new FunnelRecorder(redis.sockets, (error) => missed('funnel', error));
    this.funnel.start();
    const limits = { grabsPerCallMax: config.GRABS_PER_CALL_MAX, grabsWaitingMax: config.GRABS_WAITING_MAX };
    const log = quietly((_key, error) => logger.warn({ err: error }, 'a call of the grab script failed'));
    this.batcher = new SpreadGrabs(
      new GrabBatcher(this.store, limits, (error) => log('grab', error)),
      this.store,
    );
  }

  static async open(config: Config, logger: Logger): Promise<ApiParts> {
    const onError = quietly((role, error) => logger.warn({ role, err: error }, 'redis'));
    const dataSource = makeDataSource(config.DATABASE_URL, config.DATABASE_POOL_MAX, 'hongbao-api');
    await openDataSource(dataSource, (error) => logger.warn({ err: error }, 'Postgres is away: asked again'));
    const parts = new ApiParts(config, logger, dataSource, {
      money: connectMoney(config.REDIS_MONEY_URL, onError),
      queue: connectQueue(config.REDIS_QUEUE_URL, onError),
      sockets: connectPublisher(config.REDIS_SOCKET_URL, onError),
    });
    await Promise.all([parts.tokens.fetchKeys(), parts.revocationWatch.start()]);
    return parts;
  }

  private get queues(): Queue[] {
    return [this.packetsQueue, this.campaignsQueue, this.rehearsalsQueue];
  }

  onBroken(packetId: string, reason: string): void {
    this.logger.error({ packetId, reason }, 'packet frozen: run `npm run audit`, then look at its claims');
  }

  async close(): Promise<void> {
    this.tokens.close();
    this.revocationWatch.stop();
    await this.funnel.stop();
    await Promise.all(this.queues.map((queue) => queue.close()));
    for (const client of Object.values(this.redis)) client.disconnect();
    await this.dataSource.destroy();
  }
}
