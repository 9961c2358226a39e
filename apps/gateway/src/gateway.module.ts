import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Config } from '@app/config';
import { isReady, OPS, OpsController, type Logger, type Ops } from '@app/observability';
import { ApiClient } from './http/api-client.js';
import { Drops } from './drops/drops.js';
import { LiveDrops } from './drops/live-drops.js';
import { Callers } from './grabs/callers.js';
import { EndedPackets } from './grabs/ended-packets.js';
import { Gatekeeper } from './grabs/gatekeeper.js';
import { GrabMetrics } from './grabs/grab-metrics.js';
import { Grabs } from './grabs/grabs.js';
import { Memberships } from './grabs/memberships.js';
import { PacketDirectory } from './grabs/packet-directory.js';
import { Shakes } from './grabs/shakes.js';
import { GatewayParts } from './parts.js';
import { Presence } from './rooms/presence.js';
import { Rooms } from './rooms/rooms.js';
import { HongbaoGateway } from './sockets/hongbao.gateway.js';
import { Revoked } from './sockets/revoked.js';
import { Pushes } from './sockets/pushes.js';

const DRAIN_LOOK_MS = 10;

/** Ready: grabs can be decided and the api serves. `/metrics` shows all processes together. */
const ops = {
  provide: OPS,
  inject: [GatewayParts],
  useFactory: ({ metrics, store, config, revocations }: GatewayParts): Ops => ({
    metrics,
    checks: {
      api: () => isReady(config.API_URL),
      revocations: () => revocations.areKnown,
      packetStore: () => store.connected,
      gatesOpen: async () => (await store.gates.shutSlots()).slots.length === 0,
    },
    details: async () => ({ gated: { slots: await store.gates.gatedSlots() } }),
    others: [config.API_URL, config.WORKER_URL],
  }),
};

@Module({})
export class GatewayModule implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly parts: GatewayParts,
    private readonly grabs: Grabs,
  ) {}

  static with(config: Config, logger: Logger): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [OpsController],
      providers: [
        { provide: GatewayParts, useFactory: () => new GatewayParts(config, logger) },
        ops,
        ...[
          ApiClient,
          PacketDirectory,
          Memberships,
          Callers,
          Shakes,
          EndedPackets,
          Gatekeeper,
          GrabMetrics,
          Grabs,
        ],
        ...[Presence, Rooms, LiveDrops, Drops, Pushes, Revoked, HongbaoGateway],
      ],
    };
  }

  /** Grabs that were handed to the store are answered before the sockets close; new ones get `busy`. */
  async beforeApplicationShutdown(): Promise<void> {
    this.grabs.stop();
    while (this.parts.batcher.waiting > 0) await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK_MS));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.parts.close();
  }
}
