import { randomUUID } from 'node:crypto';
import { HttpClient } from '@app/client';
import { Tokens } from '@app/identity';
import { RedisOutbox, slotOf } from '@app/packet-store';
import { connectMoney, whenReady, type Redis } from '@app/redis';
import { waitUntil } from '@app/local-stack';
import { startBenchedService, type BenchedService } from '../service.js';
import { Crowd, startBareServer } from './processes.js';

export const PEOPLE = 1_000;
const SHARE_FEN = 100;
const SETTLED_MS_MAX = 60_000;

/** A service with a room of 1,000 members who have a socket each, beside bare servers with as many: one load for all. */
export class Scene {
  private constructor(
    readonly service: BenchedService,
    readonly bare: { socketIo: number; ws: number },
    readonly crowd: Crowd,
    private readonly sender: HttpClient,
    private readonly roomId: string,
    private readonly redis: Redis,
    private readonly closers: (() => unknown)[],
  ) {}

  /** Members grab without having joined the room: what they get is their answers, and word of their wallet. */
  static async make(progress: (text: string) => void): Promise<Scene> {
    const closers: (() => unknown)[] = [];
    try {
      progress('starting a service');
      const service = await startBenchedService({ ROOM_PACKET_SHARES_MAX: String(PEOPLE) });
      closers.push(() => service.stop());
      const redis = connectMoney(service.redisUrl, () => undefined);
      closers.push(() => redis.disconnect());
      await whenReady(redis, 5_000);
      const [socketIo, ws] = [await startBareServer('socket.io'), await startBareServer('ws')];
      closers.push(socketIo.stop, ws.stop);
      const crowd = new Crowd();
      closers.push(() => crowd.stop());

      progress(`signing in ${PEOPLE} people`);
      const { JWT_SECRET: secret, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = service.env;
      const signer = new Tokens({
        secret: secret!,
        issuer: issuer ?? 'hongbao',
        audience: audience ?? 'hongbao',
      });
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

  async close(): Promise<void> {
    for (const close of this.closers.toReversed()) await close();
  }
}

const metaKey = (packetId: string) => `hb:{${slotOf(packetId)}}:packet:${packetId}:meta`;
