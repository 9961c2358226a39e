import { isCluster, type Redis } from '@app/redis';
import { keys, SLOTS } from './keys.js';
import {
  createGroups,
  OUTBOX_GROUP,
  OUTBOX_STREAMS,
  readBlocking,
  readPolling,
  type RawEntry,
  type ReadNew,
} from './outbox-reads.js';
import type { Outbox, OutboxEntry, StoredClaim } from './packet-store.js';

const ENTRIES_PER_PAGE = 1_000;
const slotByStream = new Map(OUTBOX_STREAMS.map((key, slot) => [key, slot]));

/**
 * The outbox on Redis: one stream for each slot, one consumer group. `reader` may block (connectOutboxReader), `client`
 * must not. `consumer` names this process; entries it read and never acknowledged are found by anyone with takeStale.
 */
export class RedisOutbox implements Outbox {
  private readonly read: ReadNew;

  constructor(
    private readonly client: Redis,
    reader: Redis,
    private readonly consumer: string,
  ) {
    this.read = isCluster(reader) ? readPolling(reader, consumer) : readBlocking(reader, consumer);
  }

  async readNew(entriesMax: number, blockMs: number): Promise<OutboxEntry[]> {
    const streams = await this.read(entriesMax, blockMs);
    return streams.flatMap(([key, entries]) => readEntries(slotByStream.get(key)!, entries));
  }

  /** Of the slots that can be reached; rejects when none can. */
  async takeStale(idleMs: number, entriesMax: number): Promise<OutboxEntry[]> {
    const taken = await Promise.allSettled(
      OUTBOX_STREAMS.map(async (key, slot) => {
        const reply = await this.client
          .xautoclaim(key, OUTBOX_GROUP, this.consumer, idleMs, '0', 'COUNT', entriesMax)
          .catch((error: Error) => {
            if (error.message.startsWith('NOGROUP')) return ['0', []];
            throw error;
          });
        return readEntries(slot, (reply as [string, RawEntry[]])[1]);
      }),
    );
    const failed = taken.filter((one) => one.status === 'rejected');
    if (failed.length === SLOTS) throw failed[0]!.reason;
    return taken.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  }

  async acknowledge(slot: number, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const key = keys.outbox(slot);
    const replies = await this.client
      .multi()
      .xack(key, OUTBOX_GROUP, ...ids)
      .xdel(key, ...ids)
      .exec();
    const failed = replies?.find(([error]) => error)?.[0];
    if (failed) throw failed;
  }

  async backlog(): Promise<number> {
    const lengths = await Promise.all(OUTBOX_STREAMS.map((key) => this.client.xlen(key)));
    return lengths.reduce((sum, length) => sum + length, 0);
  }

  createGroups(): Promise<void> {
    return createGroups(this.client);
  }
}

/** Claims of a slot's outbox, read or not, by packet. Page by page: there may be minutes of them. */
export async function claimsWaiting(node: Redis, slot: number): Promise<Map<string, StoredClaim[]>> {
  const byPacket = new Map<string, StoredClaim[]>();
  for (let from = '-'; ;) {
    const entries = await node.xrange(keys.outbox(slot), from, '+', 'COUNT', ENTRIES_PER_PAGE);
    for (const { packetId, claims } of readEntries(slot, entries)) {
      const known = byPacket.get(packetId);
      if (known) known.push(...claims);
      else byPacket.set(packetId, [...claims]);
    }
    if (entries.length < ENTRIES_PER_PAGE) return byPacket;
    from = `(${entries.at(-1)![0]}`;
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
