import type { Redis } from '@app/redis';
import { slotOfKey } from './keys.js';

const META_KEYS = 'hb:{*}:packet:*:meta';
const SCAN_COUNT = 1_000;
/** What TTL answers for a key that stays. */
const NO_EXPIRY = -1;

/** Packets of these slots that one Redis process has and has not retired. One that is spread comes for each partition. */
export async function unretiredAt(node: Redis, slots: ReadonlySet<number>): Promise<string[]> {
  const unretired: string[] = [];
  for (let cursor = '0'; ;) {
    const [next, found] = await node.scan(cursor, 'MATCH', META_KEYS, 'COUNT', SCAN_COUNT);
    const inSlots = found.filter((key) => slots.has(slotOfKey(key)));
    const seconds = await Promise.all(inSlots.map((key) => node.ttl(key)));
    for (const [k, key] of inSlots.entries())
      if (seconds[k] === NO_EXPIRY) unretired.push(key.split(':')[3]!);
    cursor = next;
    if (cursor === '0') return unretired;
  }
}
