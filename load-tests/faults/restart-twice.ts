import type { Broken } from '@app/audit';
import { within } from './quiet.js';
import { STORES, type Stack } from './stack.js';

const READY_MS_MAX = 30_000;
const TIMES = 2;
const SHOWN_MAX = 6;
const SHOWN_BEFORE_CHARS = 60;
const SHOWN_CHARS = 200;

/** Everything that money or a grab goes by, in a form of which two can be compared. */
export type Digest = Map<string, string>;

const TABLES = {
  accounts: 'SELECT * FROM accounts ORDER BY 1',
  transfers: 'SELECT * FROM transfers ORDER BY transfer_id',
  claims: 'SELECT * FROM claims ORDER BY packet_id, ordinal',
  packets: 'SELECT * FROM packets ORDER BY packet_id',
};

const SPREAD = 'SELECT packet_id::text AS id FROM packets WHERE partitions > 1';

export async function digestOf({ pg, redis }: Stack): Promise<Digest> {
  const digest: Digest = new Map();
  for (const [name, sql] of Object.entries(TABLES)) {
    const { rows } = await pg.query(sql);
    digest.set(`table ${name}`, JSON.stringify(rows));
  }
  const { rows: spread } = await pg.query<{ id: string }>(SPREAD);
  for (const key of (await redis.keys('hb:{*}:packet:*')).toSorted()) {
    const isSpread = spread.some(({ id }) => key.includes(id));
    // A check notes the claims of a packet over partitions at its people's homes, under a new round: only shares stay as they are.
    if (isSpread && !key.endsWith(':shares')) continue;
    const value =
      (await redis.type(key)) === 'list' ? await redis.lrange(key, 0, -1) : await redis.hgetall(key);
    digest.set(key, JSON.stringify(Array.isArray(value) ? value : Object.entries(value).toSorted()));
  }
  return digest;
}

/** I10: the whole deployment stopped and started, twice in a row, and nothing of it has changed. */
export async function restartTwice(stack: Stack, signal: AbortSignal): Promise<Broken[]> {
  const before = await digestOf(stack);
  const apps = [...stack.parts.keys()].filter((name) => !STORES.includes(name));
  for (let k = 0; k < TIMES; k += 1) {
    for (const some of [apps, STORES]) await Promise.all(some.map((name) => stack.part(name).stop()));
    for (const some of [STORES, apps]) await Promise.all(some.map((name) => stack.part(name).start()));
    if (!(await within(READY_MS_MAX, () => stack.isReady(), signal))) {
      const detail = `not ready ${READY_MS_MAX / 1_000} s after restart ${k + 1}`;
      return [{ invariant: 'I10', ids: ['readyz'], detail }];
    }
  }
  return compare(before, await digestOf(stack));
}

export function compare(before: Digest, after: Digest): Broken[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const ids = names.filter((name) => before.get(name) !== after.get(name));
  if (ids.length === 0) return [];
  return [
    {
      ...{ invariant: 'I10', ids },
      detail: `not as before two restarts: ${ids.slice(0, SHOWN_MAX).join(', ')}; of the first ${whereTheyDiffer(before.get(ids[0]!), after.get(ids[0]!))}`,
    },
  ];
}

/** From a little before the first difference. */
function whereTheyDiffer(before = 'nothing', after = 'nothing'): string {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at += 1;
  const from = Math.max(0, at - SHOWN_BEFORE_CHARS);
  return [before, after].map((text) => text.slice(from, from + SHOWN_CHARS)).join(' became ');
}
