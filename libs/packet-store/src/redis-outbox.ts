import type { Redis } from '@app/redis';
import { keys, SLOTS } from './keys.js';
import type { Outbox, OutboxEntry, StoredClaim } from './packet-store.js';

const GROUP = 'settlement';
type RawEntry = [id: string, fields: string[] | null];
type RawStream = [key: string, entries: RawEntry[]];

const streams = Array.from({ length: SLOTS }, (_, slot) => keys.outbox(slot));
const slotByStream = new Map(streams.map((key, slot) => [key, slot]));

/**
 * The outbox on Redis: one stream for each slot, one consumer group. `reader` may block (connectOutboxReader), `client`
 * must not. `consumer` names this process; entries it read and never acknowledged are found by anyone with takeStale.
 */
export class RedisOutbox implements Outbox {
  constructor(
    private readonly client: Redis,
    private readonly reader: Redis,
    private readonly consumer: string,
  ) {}

  async readNew(entriesMax: number, blockMs: number): Promise<OutboxEntry[]> {
    const read = () =>
      this.reader.xreadgroup(
        ...(['GROUP', GROUP, this.consumer, 'COUNT', entriesMax, 'BLOCK', blockMs, 'STREAMS'] as const),
        ...streams,
        ...streams.map(() => '>'),
      ) as Promise<RawStream[] | null>;
    const reply = await read().catch(async (error: Error) => {
      // A Redis that came back empty has no group; from 0, so that nothing written meanwhile is passed over.
      if (!error.message.startsWith('NOGROUP')) throw error;
      await this.createGroups();
      return read();
    });
    return (reply ?? []).flatMap(([key, entries]) => readEntries(slotByStream.get(key)!, entries));
  }

  async takeStale(idleMs: number, entriesMax: number): Promise<OutboxEntry[]> {
    const taken = await Promise.all(
      streams.map(async (key, slot) => {
        const reply = await this.client
          .xautoclaim(key, GROUP, this.consumer, idleMs, '0', 'COUNT', entriesMax)
          .catch((error: Error) => {
            if (error.message.startsWith('NOGROUP')) return ['0', []];
            throw error;
          });
        return readEntries(slot, (reply as [string, RawEntry[]])[1]);
      }),
    );
    return taken.flat();
  }

  async acknowledge(slot: number, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const key = keys.outbox(slot);
    const replies = await this.client
      .multi()
      .xack(key, GROUP, ...ids)
      .xdel(key, ...ids)
      .exec();
    const failed = replies?.find(([error]) => error)?.[0];
    if (failed) throw failed;
  }

  async backlog(): Promise<number> {
    const lengths = await Promise.all(streams.map((key) => this.client.xlen(key)));
    return lengths.reduce((sum, length) => sum + length, 0);
  }

  async createGroups(): Promise<void> {
    for (const key of streams) {
      await this.client.xgroup('CREATE', key, GROUP, '0', 'MKSTREAM').catch((error: Error) => {
        if (!error.message.startsWith('BUSYGROUP')) throw error;
      });
    }
  }
}

function readEntries(slot: number, entries: RawEntry[]): OutboxEntry[] {
  return entries.flatMap(([id, fields]) => (fields ? [readEntry(slot, id, fields)] : []));
}

/** An entry as grabShares-5.lua writes it. */
function readEntry(slot: number, id: string, fields: string[]): OutboxEntry {
  const field = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
  const atMs = Number(field('at'));
  const words = field('claims').split(' ');
  const claims: StoredClaim[] = [];
  for (let k = 0; k + 1 < words.length; k += 2) {
    const [ordinal, amount] = words[k + 1]!.split(':').map(Number);
    claims.push({ userId: words[k]!, ordinal: ordinal!, amount: amount!, atMs });
  }
  const [count, amount] = field('left').split(':').map(Number);
  // `<packet>/<partition>` of a packet that is spread.
  const [packetId, partition] = field('packet').split('/');
  const spread = partition === undefined ? {} : { partition: Number(partition) };
  return { slot, id, packetId: packetId!, ...spread, claims, remaining: { count: count!, amount: amount! } };
}
