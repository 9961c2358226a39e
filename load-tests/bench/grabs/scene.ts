import { randomUUID } from 'node:crypto';
import { HttpClient } from '@app/client';
import { Tokens } from '@app/identity';
import { RedisOutbox, slotOf } from '@app/packet-store';
import { connectMoney, whenReady, type Redis } from '@app/redis';
import { waitUntil } from '@app/local-stack';
import { tokenSettings } from '../bench-people.js';
import type { BenchContext, Measurement } from '../measurement.js';
import { startOwnService, type OwnService } from '../own-service.js';
import type { GrabAtOrder, Grabbed, GrabOrder } from './orders.js';
import { Crowd, startBareServer } from './processes.js';

export const PEOPLE = 1_000;
const SHARE_FEN = 100;
const SETTLED_MS_MAX = 60_000;

/** A service with a room of 1,000 members who have a socket each, beside bare servers with as many: one load for all. */
export class Scene {
  private constructor(
    readonly service: OwnService,
    readonly bare: { socketIo: number; ws: number },
    readonly crowd: Crowd,
    private readonly sender: HttpClient,
    private readonly roomId: string,
    private readonly redis: Redis,
    private readonly closers: (() => unknown)[],
  ) {}

  /** Members grab without having joined the room: what they get is their answers, and word of their wallet. */
  static async make(context: BenchContext): Promise<Scene> {
    const { progress } = context;
    const closers: (() => unknown)[] = [];
    try {
      const env = { ROOM_PACKET_SHARES_MAX: String(PEOPLE) };
      const service = await startOwnService(context, { name: 'grabs', env });
      closers.push(() => service.stop());
      const redis = connectMoney(service.redisUrl, () => undefined);
      closers.push(() => redis.disconnect());
      await whenReady(redis, 5_000);
      const socketIo = await startBareServer('socket.io');
      closers.push(() => socketIo.stop());
      const ws = await startBareServer('ws');
      closers.push(() => ws.stop());
      const crowd = new Crowd();
      closers.push(() => crowd.stop());

      progress(`signing in ${PEOPLE} people`);
      const signer = new Tokens(tokenSettings(service.env));
      const userIds = Array.from({ length: PEOPLE }, (_, k) => `bench-${k}-${randomUUID().slice(0, 8)}`);
      const tokens = await Promise.all(userIds.map((userId) => signer.sign({ userId })));
      const sender = new HttpClient({ url: service.url, token: tokens[0]! });
      await sender.topUp({ amount: 100_000_000, currency: 'CNY', provider: 'sandbox' });
      const { roomId } = await sender.createRoom('bench');
      await sender.addMembers(roomId, userIds);
      await crowd.connect({ crowd: 'hongbao', kind: 'socket.io', url: service.url, tokens });
      await crowd.connect({ crowd: 'socket.io', kind: 'socket.io', url: socketIo.url, tokens });
      await crowd.connect({ crowd: 'ws', kind: 'ws', url: ws.url, tokens });
      return new Scene(
        service,
        { socketIo: socketIo.pid, ws: ws.pid },
        crowd,
        sender,
        roomId,
        redis,
        closers,
      );
    } catch (error) {
      for (const close of closers.toReversed()) await close();
      throw error;
    }
  }

  /** Open packets of `shares` shares each. */
  async packets(count: number, shares: number): Promise<string[]> {
    const packets = Array.from({ length: count }, () =>
      this.sender.sendPacket({
        ...{ roomId: this.roomId, kind: 'lucky', currency: 'CNY', expiresInSeconds: 86_400 },
        ...{ count: shares, amount: shares * SHARE_FEN },
      }),
    );
    const packetIds = (await Promise.all(packets)).map(({ packetId }) => packetId);
    await waitUntil(
      async () => {
        const states = await Promise.all(packetIds.map((id) => this.redis.hget(metaKey(id), 'state')));
        return states.every((state) => state === 'open');
      },
      { what: 'packets that are open', timeoutMs: SETTLED_MS_MAX },
    );
    return packetIds;
  }

  /** Until every claim is in the ledger. */
  async settled(): Promise<void> {
    const outbox = new RedisOutbox(this.redis, this.redis, 'bench');
    await waitUntil(async () => (await outbox.backlog()) === 0, {
      what: 'claims that are settled',
      timeoutMs: SETTLED_MS_MAX,
    });
  }

  /** All of a crowd grab all packets. Throws unless the answers are as expected. */
  async grabAll(
    { inFlight, ...aim }: Pick<GrabOrder, 'crowd' | 'packetIds' | 'inFlight'>,
    expected: Record<string, number>,
  ): Promise<Grabbed> {
    return asExpected(await this.crowd.grab({ ...aim, inFlight, from: 0, to: PEOPLE }), expected);
  }

  /** The same at a rate. */
  async grabAllAt(
    { perSecond, ...aim }: Pick<GrabAtOrder, 'crowd' | 'packetIds' | 'perSecond'>,
    expected: Record<string, number>,
  ): Promise<Grabbed> {
    return asExpected(await this.crowd.grabAt({ ...aim, perSecond, from: 0, to: PEOPLE }), expected);
  }

  /** Until the function that it gives is called. */
  stopWorker(): () => void {
    const { worker } = this.service.pids;
    process.kill(worker, 'SIGSTOP');
    return () => void process.kill(worker, 'SIGCONT');
  }

  async close(): Promise<void> {
    for (const close of this.closers.toReversed()) await close();
  }
}

let kept: Promise<Scene> | undefined;

/** The scene that the benchmarks of one run share: a service takes 12 s to start. It stays until `leaveScene`. */
export async function withScene(
  context: BenchContext,
  measure: (scene: Scene) => Promise<Measurement[]>,
): Promise<Measurement[]> {
  kept ??= Scene.make(context);
  return measure(await kept);
}

/** What comes next must have the machine for itself, or not build on what failed. */
export async function leaveScene(): Promise<void> {
  const scene = kept;
  kept = undefined;
  await (await scene?.catch(() => undefined))?.close();
}

function asExpected(grabbed: Grabbed, expected: Record<string, number>): Grabbed {
  const { outcomes } = grabbed;
  const names = Object.keys({ ...outcomes, ...expected });
  if (names.some((name) => outcomes[name] !== expected[name]))
    throw new Error(`answers ${JSON.stringify(outcomes)}, not ${JSON.stringify(expected)}`);
  return grabbed;
}

const metaKey = (packetId: string) => `hb:{${slotOf(packetId)}}:packet:${packetId}:meta`;
