import type { Config } from '@app/config';
import { FunnelRecorder } from '@app/funnel';
import { Revocations, Tokens, tokenSettingsOf } from '@app/identity';
import { Metrics, quietly, type Logger } from '@app/observability';
import { GrabBatcher, RedisPacketStore, SpreadGrabs } from '@app/packet-store';
import { connectMoney, connectPublisher, connectSockets, connectSubscriber, type Redis } from '@app/redis';

/** What the gateway is made of. There is no Postgres here: a grab is decided by the packet store alone. */
export class GatewayParts {
  readonly metrics = new Metrics('gateway');
  readonly tokens: Tokens;
  readonly revocations = new Revocations();
  readonly store: RedisPacketStore;
  readonly batcher: SpreadGrabs;
  readonly funnel: FunnelRecorder;
  readonly redis: { money: Redis; publish: Redis; subscribe: Redis; presence: Redis };

  constructor(
    readonly config: Config,
    readonly logger: Logger,
  ) {
    const onError = quietly((role, error) => logger.warn({ role, err: error }, 'redis'));
    const noKeys = quietly((_key, error) =>
      logger.warn({ err: error }, 'the keys of tokens could not be read'),
    );
    this.tokens = new Tokens(tokenSettingsOf(config), {
      revocations: this.revocations,
      onError: (error) => noKeys('keys', error),
    });
    this.redis = {
      money: connectMoney(config.REDIS_MONEY_URL, onError),
      publish: connectPublisher(config.REDIS_SOCKET_URL, onError),
      subscribe: connectSubscriber(config.REDIS_SOCKET_URL, onError),
      presence: connectSockets(config.REDIS_SOCKET_URL, onError),
    };
    this.store = new RedisPacketStore(this.redis.money, {
      replicasAck: config.MONEY_REPLICAS_ACK,
      backlogMax: config.OUTBOX_BACKLOG_MAX,
    });
    const limits = { grabsPerCallMax: config.GRABS_PER_CALL_MAX, grabsWaitingMax: config.GRABS_WAITING_MAX };
    const report = quietly((_key, error) => logger.warn({ err: error }, 'a call of the grab script failed'));
    this.batcher = new SpreadGrabs(
      new GrabBatcher(this.store, limits, (error) => report('grab', error)),
      this.store,
    );
    const missed = quietly((_key, error) => logger.warn({ err: error }, 'the funnel could not be written'));
    this.funnel = new FunnelRecorder(this.redis.presence, (error) => missed('funnel', error));
    this.funnel.start();
    this.metrics.gauge(
      'hongbao_grabs_waiting',
      'Grabs that wait for the packet store',
      () => this.batcher.waiting,
    );
  }

  async close(): Promise<void> {
    this.tokens.close();
    await this.funnel.stop();
    for (const client of Object.values(this.redis)) client.disconnect();
  }
}
