import { cpSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '@app/local-stack';
import type { AckedWin } from '@app/audit';
import { whenReady } from '@app/redis';
import type { Fault, World } from '../fault.js';
import { LINKS } from '../stack.js';

/** How long a worker may take to settle what it holds in its memory when its Redis is gone. */
const IN_HAND_MS_MAX = 10_000;
const STEADY_MS = 1_500;
/** How much older than the rest the file is: so many answers. */
const OLDER_ACKS = 80;
const OLDER_MS_MAX = 5_000;
const FLUSH_EVERY_MS = 50;
const READY_MS_MAX = 15_000;
const SCRIPT_MS_MAX = 5_000;
/** As a grab script's effects end, in the form of the append-only file. */
const OUTBOX_XADD = /XADD\r\n\$\d+\r\nhb:/g;

export const redisData: readonly Fault[] = [
  {
    name: 'redis-empty',
    what: 'Redis is killed and comes back empty',
    touches: ['redis', 'postgres', 'worker'],
    async run(world) {
      const { stack, note } = world;
      await stack.part('redis').kill();
      note('kill -9 of redis, its file is deleted');
      await tellWhatIsLost(world);
      rmSync(aofDir(world), { recursive: true });
      await stack.part('redis').start();
      note('redis started, empty');
    },
  },
  {
    name: 'redis-older',
    what: 'Redis is killed and comes back with the file it had some answers before',
    touches: ['redis', 'postgres', 'worker'],
    async run(world) {
      const { stack, note, record } = world;
      const copy = join(stack.folder, 'older');
      cpSync(aofDir(world), copy, { recursive: true });
      note(`its file is copied at ack ${record.acked}`);
      await Promise.race([record.whenAcked(record.acked + OLDER_ACKS), delay(OLDER_MS_MAX)]);
      await stack.part('redis').kill();
      note(`kill -9 of redis at ack ${record.acked}, the older file is put in place`);
      await tellWhatIsLost(world);
      rmSync(aofDir(world), { recursive: true });
      cpSync(copy, aofDir(world), { recursive: true });
      rmSync(copy, { recursive: true });
      await stack.part('redis').start();
      note('redis started, older than Postgres');
    },
  },
  {
    name: 'redis-cut-aof',
    what: "Redis is killed while it writes: its file ends in the middle of a script's effects, which nobody was told of",
    touches: ['redis', 'worker', 'gateway', 'api'],
    run: cutAof,
  },
  {
    name: 'script-flush',
    what: 'SCRIPT FLUSH every 50 ms for 5 s',
    touches: ['redis'],
    async run({ stack, note, lasting }) {
      note('SCRIPT FLUSH, again and again');
      const timer = setInterval(() => void stack.redis.script('FLUSH').catch(() => {}), FLUSH_EVERY_MS);
      await lasting(5);
      clearInterval(timer);
    },
  },
  {
    name: 'redis-maxmemory',
    what: 'Redis reaches maxmemory, and gets more after 10 s',
    touches: ['redis'],
    async run({ stack, note, lasting, chance }) {
      // Another fault may have started it an instant ago.
      await whenReady(stack.redis, READY_MS_MAX);
      const used = Number(/used_memory:(\d+)/.exec(await stack.redis.info('memory'))?.[1]);
      const maxmemory = used + chance.below(64 << 10);
      await stack.redis.config('SET', 'maxmemory', String(maxmemory));
      note(`maxmemory ${maxmemory}, used ${used}`);
      await lasting(10);
      await whenReady(stack.redis, READY_MS_MAX);
      await stack.redis.config('SET', 'maxmemory', '0');
      note('maxmemory lifted');
    },
  },
];

const aofDir = ({ stack }: World) => join(stack.dirOf('redis'), 'appendonlydir');

/**
 * Redis is down. Wins that it alone knew are gone with its disk, which no service can help: what was told and is not in
 * Postgres once the worker has settled what it held. All others have to be there to the end.
 */
async function tellWhatIsLost(world: World): Promise<void> {
  const { stack, record, note } = world;
  let [claims, sinceMs] = [-1, performance.now()];
  const isSteady = async () => {
    const { rows } = await stack.pg.query<{ n: number }>('SELECT count(*)::int AS n FROM claims');
    if (rows[0]!.n !== claims) [claims, sinceMs] = [rows[0]!.n, performance.now()];
    return performance.now() - sinceMs > STEADY_MS;
  };
  await waitUntil(isSteady, { what: 'nothing more is settled', timeoutMs: IN_HAND_MS_MAX });
  const { rows } = await stack.pg.query<{ packetId: string; userId: string }>(
    'SELECT packet_id::text AS "packetId", user_id AS "userId" FROM claims',
  );
  const settled = new Set(rows.map(({ packetId, userId }) => `${packetId}:${userId}`));
  const lost = record.answers.filter(
    ({ outcome, packetId, userId }) => outcome === 'won' && !settled.has(`${packetId}:${userId}`),
  );
  world.lostWithDisk(lost as AckedWin[]);
  note(`${lost.length} wins were in Redis alone`);
}

/** Replies are held first, so that what is cut off was written and not told. */
async function cutAof(world: World): Promise<void> {
  const { stack, note } = world;
  const links = LINKS.filter((name) => name.endsWith('redis')).map((name) => stack.link(name));
  for (const link of links) link.watch((_chunk, way) => (way === 'down' ? 'hold' : 'pass'));
  const before = readAof(world).length;
  const lastEffect = () =>
    Math.max(-1, ...[...readAof(world).matchAll(OUTBOX_XADD)].map(({ index }) => index));
  await waitUntil(() => lastEffect() > before, { what: 'a script wrote', timeoutMs: SCRIPT_MS_MAX }).catch(
    () => note('no script wrote within 5 s: the end of the file is cut'),
  );
  await stack.part('redis').kill();
  const [cutAt, length] = [Math.max(lastEffect(), before), readAof(world).length];
  truncateSync(aofFile(world), cutAt + 2);
  note(`kill -9 of redis, its file cut from ${length} to ${cutAt + 2} bytes, in the middle of an XADD`);
  for (const link of links) {
    link.watch(undefined);
    // What is held was never told, and must not be now.
    link.reset();
    await link.pass();
  }
  await stack.part('redis').start();
  note('redis started');
}

function aofFile(world: World): string {
  const name = readdirSync(aofDir(world))
    .filter((file) => file.endsWith('.incr.aof'))
    .toSorted()
    .at(-1);
  return join(aofDir(world), name!);
}

const readAof = (world: World) => readFileSync(aofFile(world), 'latin1');
