import { HttpClient, type HongbaoClient } from '@app/client';
import type { Config } from '@app/config';
import { quietly, type Logger } from '@app/observability';
import { DemoRoom } from './demo-room.js';
import { Director, type Action } from './director.js';
import { gatewayUrlOf } from './gateway-url.js';
import { robotName } from './lines.js';
import { Robot } from './robot.js';

const TICK_MS = 200;

/** The demo room with its robots: carries to the director what happens, and carries out what it decides. */
export class Demo {
  private readonly robots: Robot[];
  private readonly director: Director;
  private readonly listening = new WeakSet<HongbaoClient>();
  private readonly onError: (doing: string, error: Error) => void;
  private ticking: NodeJS.Timeout | undefined;

  constructor(
    config: Config,
    private readonly logger: Logger,
  ) {
    const url = gatewayUrlOf(config);
    const http = new HttpClient({ url });
    const room = new DemoRoom();
    this.onError = quietly((doing, error) => logger.warn({ doing, err: error }, 'a robot could not'));
    this.robots = Array.from(
      { length: config.DEMO_ROBOTS },
      (_, index) =>
        new Robot({
          ...{ userId: `robot_${index + 1}`, name: robotName(index + 1), url, http, room },
          topupMax: config.TOPUP_AMOUNT_MAX,
          onJoined: (client, ack) => {
            this.listen(client);
            this.director.online(ack.room.online, Date.now());
          },
          onError: this.onError,
        }),
    );
    const ids = this.robots.map((robot) => robot.userId);
    this.director = new Director(ids, packetLimits(config), Math.random);
  }

  start(): void {
    for (const robot of this.robots) void robot.run();
    this.ticking = setInterval(() => {
      for (const action of this.director.tick(Date.now())) void this.carryOut(action);
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.ticking);
    for (const robot of this.robots) robot.stop();
  }

  /** A connection that comes back keeps its listeners. */
  private listen(client: HongbaoClient): void {
    if (this.listening.has(client)) return;
    this.listening.add(client);
    client
      .on('presence:changed', ({ online }) => this.director.online(online, Date.now()))
      // Packets of campaigns are for people: robots that took some would stand in a brand's report.
      .on('packet:dropped', (packet) => {
        if (packet.roomId) this.director.dropped(packet, Date.now());
      })
      .on('packet:closed', ({ packetId }) => this.director.closed(packetId));
  }

  private async carryOut(action: Action): Promise<void> {
    const robot = this.robots[action.robot]!;
    const { userId } = robot;
    try {
      if (action.kind === 'chat') {
        await robot.say(action.text);
      } else if (action.kind === 'send') {
        const packetId = await robot.send(action.packet);
        if (packetId) this.logger.info({ userId, packetId }, 'sent a packet');
      } else {
        const result = await robot.grab(action.packetId);
        if (!result) return;
        this.director.grabbed(action.robot, action.packetId, result.outcome, Date.now());
        this.logger.debug({ userId, packetId: action.packetId, outcome: result.outcome }, 'grabbed');
      }
    } catch (error) {
      this.onError(action.kind, error as Error);
    }
  }
}

function packetLimits(config: Config) {
  const { CURRENCIES, SHARE_MIN, SHARE_MAX, ROOM_PACKET_SHARES_MAX } = config;
  const currency = CURRENCIES.includes('CNY') ? 'CNY' : (CURRENCIES[0] ?? 'CNY');
  return { currency, shareMin: SHARE_MIN, shareMax: SHARE_MAX, sharesMax: ROOM_PACKET_SHARES_MAX };
}
