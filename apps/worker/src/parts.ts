import type { Queue } from 'bullmq';
import type { DataSource } from 'typeorm';
import type { Config } from '@app/config';
import { lockSessions, makeDataSource, openDataSource, RecoveryTurn, SeedVault } from '@app/ledger';
import { campaignSettingsOf, PacketViews, type CampaignParts } from '@app/lifecycle';
import { Metrics, quietly, type Logger } from '@app/observability';
import { RedisOutbox, RedisPacketStore } from '@app/packet-store';
import { Pusher } from '@app/push';
import { connectMoney, connectOutboxReader, connectPublisher, type Redis } from '@app/redis';
import { StoresMetrics } from './metrics/stores-metrics.js';
import { ClaimsInHand } from './settlement/claims-in-hand.js';

/** How long one read of the outbox waits for claims. Bounds, too, how long the relay takes to stop. */
export const OUTBOX_BLOCK_MS = 1_000;

/** 100,000 shares. */
const BLOCKS_TOLD_MIN = 100;

export interface WorkerQueues {
  packets: Queue;
  settlement: Queue;
  campaigns: Queue;
}

/** What the worker is made of: one of each, made once, closed together. */
export class WorkerParts implements CampaignParts {
  readonly metrics = new Metrics('worker');
  readonly inHand: ClaimsInHand;
  readonly vault: SeedVault;
  readonly store: RedisPacketStore;
  readonly outbox: RedisOutbox;
  readonly views: PacketViews;
  readonly pusher: Pusher;
  readonly packetsQueue: Queue;
  readonly settlementQueue: Queue;
  readonly campaignsQueue: Queue;
  readonly campaignSettings: CampaignParts['campaignSettings'];
  private readonly storesMetrics: StoresMetrics;
  private readonly turn: RecoveryTurn;
  private readonly frozen = this.metrics.counter(
    'hongbao_packets_frozen_total',
    'Packets stopped for a broken invariant',
  );

  private readonly late = this.metrics.latencies(
    'hongbao_drop_late_seconds',
    'From the planned opening of a drop to its audience being told',
  );

  private constructor(
    readonly config: Config,
    readonly logger: Logger,
    readonly dataSource: DataSource,
    readonly redis: { money: Redis; reader: Redis; sockets: Redis },
    queues: WorkerQueues,
  ) {
    this.vault = new SeedVault(config.SEED_KEY);
    this.turn = new RecoveryTurn(lockSessions(config.DATABASE_URL));
    this.inHand = new ClaimsInHand(this.turn);
    this.store = new RedisPacketStore(redis.money, { replicasAck: config.MONEY_REPLICAS_ACK });
    this.outbox = new RedisOutbox(redis.money, redis.reader, `worker-${process.pid}`);
    this.views = new PacketViews(dataSource, this.store, config.STAGGER_OPENING_MS);
    this.pusher = new Pusher(redis.sockets);
    this.packetsQueue = queues.packets;
    this.settlementQueue = queues.settlement;
    this.campaignsQueue = queues.campaigns;
    this.campaignSettings = campaignSettingsOf(config);
    this.storesMetrics = new StoresMetrics(this.metrics, {
      money: config.REDIS_MONEY_URL,
      queues: config.REDIS_QUEUE_URL,
      sockets: config.REDIS_SOCKET_URL,
      database: config.DATABASE_URL,
    });
    for (const queue of Object.values(queues)) {
      queue.on('error', (error: Error) => logger.warn({ err: error, queue: queue.name }, 'queue'));
    }
  }

  static async open(config: Config, logger: Logger, queues: WorkerQueues): Promise<WorkerParts> {
    const onError = quietly((role, error) => logger.warn({ role, err: error }, 'redis'));
    const dataSource = makeDataSource(config.DATABASE_URL, config.DATABASE_POOL_MAX, 'hongbao-worker');
    await openDataSource(dataSource, (error) => logger.warn({ err: error }, 'Postgres is away: asked again'));
    const redis = {
      money: connectMoney(config.REDIS_MONEY_URL, onError),
      reader: connectOutboxReader(config.REDIS_MONEY_URL, OUTBOX_BLOCK_MS, onError),
      sockets: connectPublisher(config.REDIS_SOCKET_URL, onError),
    };
    return new WorkerParts(config, logger, dataSource, redis, queues);
  }

  /** From no instant in particular, and never back. */
  elapsedMs(): number {
    return performance.now();
  }

  onOpened(lateMs: number): void {
    this.late.observe(Math.max(0, lateMs) / 1_000);
  }

  /** A line for each tenth of a packet that takes more than a moment. */
  onBlock(packetId: string, armed: number, blocks: number): void {
    const tenth = (done: number) => Math.floor((done * 10) / blocks);
    if (blocks < BLOCKS_TOLD_MIN || tenth(armed) === tenth(armed - 1)) return;
    this.logger.info({ packetId, armed, blocks }, `a large packet is armed to ${tenth(armed) * 10} %`);
  }

  onBroken(packetId: string, reason: string): void {
    this.frozen.inc();
    this.logger.error(
      { packetId, reason },
      'packet frozen: run `npm run audit`, then look at its claims and transfers',
    );
  }

  async close(): Promise<void> {
    for (const client of Object.values(this.redis)) client.disconnect();
    await Promise.all([this.storesMetrics.close(), this.turn.close(), this.dataSource.destroy()]);
  }
}
