import { randomBytes, randomUUID } from 'node:crypto';
import { connectMoney, whenReady } from '@app/redis';
import { startTestRedis } from '@app/local-stack';
import { GrabBatcher, RedisPacketStore, type Grab } from '@app/packet-store';
import { compared, inTurns, scaled, type BenchContext, type Measurement } from './measurement.js';

const GRABS_MAX = 20_000;
const WAITING = 256;
const PIPELINE_DEPTH = 50;

/** B1: winning grabs a second through the packet store, 256 waiting, `appendfsync always`. */
export async function benchB1(context: BenchContext): Promise<Measurement[]> {
  const count = scaled(context, GRABS_MAX, WAITING);
  const redis = await startTestRedis({ appendOnly: 'always' });
  const client = connectMoney(redis.url, (role, error) => console.error(role, error.message));
  try {
    await whenReady(client, 5_000);
    const store = new RedisPacketStore(client);
    const { runIds, slots } = await store.gates.shutSlots();
    for (const slot of slots) await store.gates.open(slot, runIds[slot]);
    const batched = () =>
      rateOf(store, count, (packetId, grabs) => throughBatcher(store, packetId, grabs, WAITING));
    const single = () => rateOf(store, count, (packetId, grabs) => throughBatcher(store, packetId, grabs, 1));
    const set = async () => {
      const startedMs = performance.now();
      for (let done = 0; done < count; done += PIPELINE_DEPTH) {
        const pipeline = client.pipeline();
        for (let k = 0; k < PIPELINE_DEPTH; k += 1) pipeline.set(`bench:${done + k}`, 'won:100:1');
        await pipeline.exec();
      }
      return (count / (performance.now() - startedMs)) * 1_000;
    };
    const [many, one, bare] = await inTurns(context, [batched, single, set]);
    const line = (against: string, bare: number, atLeast: number) =>
      compared(
        { atLeast },
        { id: 'B1', work: 'winning grabs, 256 waiting', against, unit: 'grabs/s', value: many!, bare },
      );
    return [line('the same, one to a call', one!, 3.5), line('SET, pipelined 50 deep', bare!, 1.5)];
  } finally {
    client.disconnect();
    await redis.stop();
  }
}

/** One packet with a share for everyone, armed beforehand. Throws unless all win. */
async function rateOf(
  store: RedisPacketStore,
  count: number,
  grabAll: (packetId: string, grabs: Grab[]) => Promise<number>,
): Promise<number> {
  const packetId = randomUUID();
  const terms = { packetId, roomId: 'r', senderId: 's', currency: 'CNY', epoch: 1 };
  const split = { amount: count * 100, count, min: 1, max: 1_000 };
  const seed = randomBytes(32).toString('hex');
  await store.arm({ terms: { ...terms, ...split }, seed, opensAtMs: 0, expiresInMs: 600_000 });
  const grabs = Array.from({ length: count }, (_, k) => ({ userId: `user-${k}`, mark: 'met' as const }));
  const startedMs = performance.now();
  const won = await grabAll(packetId, grabs);
  const seconds = (performance.now() - startedMs) / 1_000;
  if (won !== count) throw new Error(`${won} of ${count} won`);
  return count / seconds;
}

/** Always `WAITING` grabs under way: one that is answered makes room for the next. */
function throughBatcher(
  store: RedisPacketStore,
  packetId: string,
  grabs: Grab[],
  grabsPerCallMax: number,
): Promise<number> {
  if (grabsPerCallMax === 1) return oneToACall(store, packetId, grabs);
  const batcher = new GrabBatcher(store, { grabsPerCallMax, grabsWaitingMax: WAITING }, () => undefined);
  return new Promise((resolve) => {
    let [next, answered, won] = [0, 0, 0];
    const submit = () => {
      const grab = grabs[next];
      next += 1;
      if (!grab) return;
      batcher.submit({ packetId }, grab, (verdict) => {
        answered += 1;
        if (verdict.outcome === 'won') won += 1;
        if (answered === grabs.length) resolve(won);
        else submit();
      });
    };
    for (let k = 0; k < WAITING; k += 1) submit();
  });
}

/** The same grabs with as many waiting, each in a call of its own. */
async function oneToACall(store: RedisPacketStore, packetId: string, grabs: Grab[]): Promise<number> {
  let [next, won] = [0, 0];
  const worker = async () => {
    for (;;) {
      const grab = grabs[next];
      next += 1;
      if (!grab) return;
      const answer = await store.grab({ packetId }, [grab]);
      if (answer.status === 'decided' && answer.decisions[0]?.outcome === 'won') won += 1;
    }
  };
  await Promise.all(Array.from({ length: WAITING }, worker));
  return won;
}
