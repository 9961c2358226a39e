import { randomBytes, randomUUID } from 'node:crypto';
import type { PacketView } from '@app/contracts';
import { packetIdInSlotOf, RedisPacketStore, type PacketTerms } from '@app/packet-store';
import { connectMoney, whenReady } from '@app/redis';
import { setTimeout as delay } from 'node:timers/promises';
import { openRoom, tokenSettings } from './bench-people.js';
import { startHelper } from './helper.js';
import { compared, inTurns, median, scaled, type BenchContext, type Measurement } from './measurement.js';
import { startOwnService } from './own-service.js';
import { mainThreadSecondsOf } from './process-cpu.js';
import type { CrowdOrder, PushOrder } from './processes/crowd.js';

const SOCKETS = 5_000;
const SOCKETS_MIN = 50;
/** The median of so many is one round: others on the machine take a core away for longer than a push takes. */
const PUSHES_PER_TURN = 3;
/** What follows a push, such as the notes of who was reached, every 250 ms, has to be over before the next. */
const QUIET_MS = 300;
const CHANNEL = 'bench:fan-out';
const PACKET = { amount: 1_000_000, count: 1_000, min: 1, max: 20_000 };

/**
 * B5: a drop pushed to 5,000 sockets, against the same bytes sent by a bare `ws` server to as many clients in a loop. Both
 * hear of it through the same Redis, and both crowds are in the same process, which publishes: measured from the
 * publication until the last client has read the packet, by one clock. So what the gateway does to find out who is to hear
 * of it counts against it. A drop is one of a campaign for everyone; a packet of a
 * room that all have joined stands beside it. CPU is that of the main thread from the publication to the last client.
 */
export async function benchB5(context: BenchContext): Promise<Measurement[]> {
  const count = scaled(context, SOCKETS, SOCKETS_MIN);
  const undo: (() => Promise<unknown> | void)[] = [];
  try {
    const service = await startOwnService(context, { name: 'b5' });
    undo.push(() => service.stop());
    const bare = startHelper(new URL('./processes/bare-ws-fan-out.ts', import.meta.url));
    undo.push(() => bare.stop());
    const crowd = startHelper(new URL('./processes/crowd.ts', import.meta.url));
    undo.push(() => crowd.stop());
    const money = connectMoney(service.redisUrl, (role, error) => console.error(role, error.message));
    undo.push(() => money.disconnect());
    await whenReady(money, 5_000);

    const tokens = tokenSettings(service.env);
    const roomId = await openRoom(service.url);
    const bareUrl = await bare.ask<string>('listen', { redisUrl: service.redisUrl, channel: CHANNEL });
    context.progress(`connecting ${count} clients to each of two servers`);
    const open = (order: CrowdOrder) => crowd.ask('open', order);
    await open({ name: 'bare', url: bareUrl, count });
    await open({ name: 'gateway', url: service.url, count, socketIo: { tokens, roomId } });

    const store = new RedisPacketStore(money);
    const cpu = { drop: [] as number[], bare: [] as number[], room: [] as number[] };
    type Order = Pick<PushOrder, 'name' | 'via'>;
    const push = async (kind: keyof typeof cpu, order: Order, next: () => Promise<PacketView<number>>) => {
      const pid = kind === 'bare' ? bare.pid : service.pids.gateway;
      const times: number[] = [];
      for (let k = 0; k < PUSHES_PER_TURN; k += 1) {
        const view = await next();
        await delay(QUIET_MS);
        const before = mainThreadSecondsOf(pid);
        times.push(await crowd.ask<number>('push', { ...order, view, redisUrl: service.redisUrl }));
        cpu[kind].push(mainThreadSecondsOf(pid) - before);
      }
      return median(times);
    };
    const unarmed = async () => viewOf(termsOf());
    const [drop, loop, room] = await inTurns(context, [
      () => push('drop', { name: 'gateway', via: { kind: 'gateways' } }, () => armed(store)),
      () => push('bare', { name: 'bare', via: { kind: 'channel', channel: CHANNEL } }, unarmed),
      () => push('room', { name: 'gateway', via: { kind: 'room', roomId } }, unarmed),
    ]);
    const perSocket = (kind: keyof typeof cpu) => (median(cpu[kind]) * 1e6) / count;
    const against = 'the same bytes in a bare ws loop';
    const row = (work: string, value: number) =>
      compared({ atMost: 1.3 }, { id: 'B5', work, against, unit: 'ms', value, bare: loop! });
    return [
      row(`a drop to ${count} sockets, to the last one`, drop!),
      row(`a packet to a room of ${count}, to the last one`, room!),
      ...(['drop', 'room'] as const).map((kind) =>
        compared('report', {
          ...{
            id: 'B5',
            work: `CPU of the gateway for the ${kind}, each socket`,
            against: 'CPU of the bare ws server',
          },
          ...{ unit: 'µs', value: perSocket(kind), bare: perSocket('bare') },
        }),
      ),
    ];
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

/** A packet of a campaign for everyone, in the store as when it is dropped, and as its audience is told of it. */
async function armed(store: RedisPacketStore): Promise<PacketView<number>> {
  const terms = termsOf();
  await store.arm({ terms, seed: randomBytes(32).toString('hex'), opensAtMs: 0, expiresInMs: 600_000 });
  return viewOf(terms);
}

function termsOf(): PacketTerms {
  const campaign = {
    ...{ campaignId: randomUUID(), dropId: randomUUID(), part: 'base', caps: {}, releaseMs: 0 },
    ...{
      audience: { kind: 'everyone' as const },
      days: [{ startMs: Date.now() - 3_600_000, day: '2026-02-16' }],
    },
  };
  return {
    ...{
      packetId: packetIdInSlotOf(campaign.campaignId, randomUUID()),
      roomId: null,
      senderId: 'bench',
      currency: 'CNY',
      epoch: 1,
      ...PACKET,
    },
    rules: { gates: [], salt: '0'.repeat(32), campaign },
  };
}

function viewOf({ packetId, amount, count, min, max, currency, rules }: PacketTerms): PacketView<number> {
  const { campaignId, dropId } = rules!.campaign!;
  return {
    ...{ packetId, roomId: null, senderId: 'bench', senderName: 'Bench', kind: 'lucky', amount, count },
    ...{ currency, greeting: '恭喜发财,大吉大利', state: 'open', opensAt: Date.now() },
    ...{ expiresAt: Date.now() + 600_000, remaining: { count, amount }, min, max, campaignId, dropId },
    commitment: randomBytes(32).toString('hex'),
  };
}
