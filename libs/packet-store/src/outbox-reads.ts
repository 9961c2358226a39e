import { setTimeout as delay } from 'node:timers/promises';
import { isNotServedThere, nodeOfKey, type Redis } from '@app/redis';
import { keys, SLOTS } from './keys.js';

export const OUTBOX_GROUP = 'settlement';
export const OUTBOX_STREAMS = Array.from({ length: SLOTS }, (_, slot) => keys.outbox(slot));

export type RawEntry = [id: string, fields: string[] | null];
export type RawStream = [key: string, entries: RawEntry[]];
/** Entries never read before, of any stream; waits up to `blockMs` for the first. */
export type ReadNew = (entriesMax: number, blockMs: number) => Promise<RawStream[]>;

/**
 * How long a quiet cluster is left alone between two looks: longer each time that there is nothing. A look every 20 ms cost
 * 9 % of a core for nothing, and a blocking read on each of 16 connections 1 %; with 1,000 entries a second the looks cost
 * 17 % and the blocking reads 20 %.
 */
const QUIET_MS_MIN = 10;
const QUIET_MS_MAX = 100;

/** One Redis serves all streams, so one blocking read is enough. */
export function readBlocking(reader: Redis, consumer: string): ReadNew {
  return async (entriesMax, blockMs) => {
    const read = () =>
      reader.xreadgroup(
        ...(['GROUP', OUTBOX_GROUP, consumer, 'COUNT', entriesMax, 'BLOCK', blockMs, 'STREAMS'] as const),
        ...OUTBOX_STREAMS,
        ...OUTBOX_STREAMS.map(() => '>'),
      ) as Promise<RawStream[] | null>;
    const reply = await read().catch(async (error: Error) => {
      // A Redis that came back empty has no group; from 0, so that nothing written meanwhile is passed over.
      if (!error.message.startsWith('NOGROUP')) throw error;
      await createGroups(reader);
      return read();
    });
    return reply ?? [];
  };
}

/**
 * On a cluster one command reads one stream. Each look is one write to each node, with a read for each of its streams
 * that does not block; blocking ones would need a connection for each slot, and entries that arrive on fifteen of them
 * while one is handed on would be in this process's memory without anyone holding them (ClaimsInHand). A node that is
 * away keeps nobody from reading the others; rejects when all are.
 */
export function readPolling(reader: Redis, consumer: string): ReadNew {
  let quietMs = QUIET_MS_MIN;
  return async (entriesMax, blockMs) => {
    const until = performance.now() + blockMs;
    for (;;) {
      const found = await readOnce(reader, consumer, entriesMax);
      if (found.length > 0) quietMs = QUIET_MS_MIN;
      if (found.length > 0 || performance.now() + quietMs > until) return found;
      await delay(quietMs);
      quietMs = Math.min(2 * quietMs, QUIET_MS_MAX);
    }
  };
}

async function readOnce(reader: Redis, consumer: string, entriesMax: number): Promise<RawStream[]> {
  const byNode = new Map<Redis, string[]>();
  for (const key of OUTBOX_STREAMS) {
    const node = nodeOfKey(reader, key);
    if (node) byNode.set(node, [...(byNode.get(node) ?? []), key]);
  }
  const found: RawStream[] = [];
  const errors: Error[] = [];
  const readNode = async (node: Redis, streams: string[]) => {
    const reads = node.pipeline();
    for (const key of streams)
      reads.xreadgroup('GROUP', OUTBOX_GROUP, consumer, 'COUNT', entriesMax, 'STREAMS', key, '>');
    const replies = (await reads.exec()) ?? [];
    for (const [k, [error, reply]] of replies.entries()) {
      if (!error) found.push(...((reply as RawStream[] | null) ?? []));
      else if (error.message.startsWith('NOGROUP')) await createGroup(node, streams[k]!);
      else if (!isNotServedThere(reader, error)) errors.push(error);
    }
  };
  await Promise.all([...byNode].map(([node, streams]) => readNode(node, streams)));
  if (found.length === 0 && (byNode.size === 0 || errors.length === OUTBOX_STREAMS.length))
    throw errors[0] ?? new Error('no node of the cluster is known');
  return found;
}

export async function createGroups(client: Redis): Promise<void> {
  for (const key of OUTBOX_STREAMS) await createGroup(client, key);
}

async function createGroup(client: Redis, key: string): Promise<void> {
  await client.xgroup('CREATE', key, OUTBOX_GROUP, '0', 'MKSTREAM').catch((error: Error) => {
    if (!error.message.startsWith('BUSYGROUP')) throw error;
  });
}
