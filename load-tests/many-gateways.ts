/**
 * Drops to many sockets on two gateways, for some minutes, then the audit with all that the crowd was told.
 * `npx tsx load-tests/many-gateways.ts [--sockets 5000] [--rooms 20] [--packets 200] [--minutes 10]`. Prints its figures:
 * what was told, how soon, and the memory of each process in the first and in the last minute. Exit 0: all invariants hold.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { audit } from '@app/audit';
import { HttpClient } from '@app/client';
import { Tokens } from '@app/identity';
import { connectMoney, connectQueue, whenReady } from '@app/redis';
import { openAll, type Told } from './many-gateways/crowd.ts';
import { startManyGateways } from './many-gateways/service.ts';
import { patiently } from './setup/patience.ts';

const SHARES = 100;
const AMOUNT = 20_000;
const MEMBERS_PER_CALL = 1_000;
const SAMPLE_MS = 2_000;
const QUIET_MS_MAX = 60_000;
const WATCHED = ['gateway', 'gateway-2', 'api', 'worker', 'redis'];

const { values } = parseArgs({
  options: {
    sockets: { type: 'string', default: '5000' },
    rooms: { type: 'string', default: '20' },
    packets: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '10' },
  },
});
const [sockets, rooms, packets, minutes] = [values.sockets, values.rooms, values.packets, values.minutes].map(
  Number,
) as [number, number, number, number];
const say = (line: string) => process.stdout.write(`${line}\n`);
const megabytes = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
const mean = (of: number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;

const service = await startManyGateways();
const { env, gatewayUrls, pids } = service;
const pool = new pg.Pool({ connectionString: env.DATABASE_URL, max: 1 });
const money = connectMoney(env.REDIS_URL!, () => undefined);
const queue = connectQueue(env.REDIS_URL!, () => undefined);
await whenReady(money, 10_000);
let ok = false;
try {
  const told: Told = { wins: [], others: [], answerMs: [], drops: 0 };
  const senders = await makeRooms();
  const people = await peopleOf(senders);
  const crowd = await openAll(people, told);
  say(
    `${crowd.length} sockets on ${gatewayUrls.length} gateways, ${rooms} rooms; ${packets} packets in ${minutes} minutes`,
  );
  const memory = await dropAll(senders);
  await quiet(told);
  report(told, memory);
  const found = await audit({
    ...{ pg: pool, money, queue, seedKey: env.SEED_KEY!, ackedWins: told.wins, refused: told.others },
  });
  ok = found.ok;
  say(
    `audit: ${ok ? 'all invariants hold' : JSON.stringify(found.broken)} (${JSON.stringify(found.checked)})`,
  );
  for (const person of crowd) person.close();
} finally {
  for (const client of [money, queue]) client.disconnect();
  await pool.end();
  await service.stop();
}
process.exit(ok ? 0 : 1);

interface Sender {
  http: HttpClient;
  roomId: string;
}

function tokenOf(userId: string): Promise<string> {
  const settings = {
    secret: env.JWT_SECRET!,
    issuer: env.JWT_ISSUER ?? 'hongbao',
    audience: env.JWT_AUDIENCE ?? 'hongbao',
  };
  return new Tokens(settings).sign({ userId, name: userId });
}

async function makeRooms(): Promise<Sender[]> {
  const senders: Sender[] = [];
  for (let k = 0; k < rooms; k += 1) {
    const http = new HttpClient({ url: gatewayUrls[0]!, token: await tokenOf(`sender-${k}`) });
    const { roomId } = await http.createRoom(`room ${k}`);
    const each = Math.ceil(packets / rooms);
    await http.topUp({ amount: each * AMOUNT, currency: 'CNY', provider: 'sandbox' });
    senders.push({ http, roomId });
  }
  return senders;
}

/** By turns in the rooms, and in each room by turns on the gateways. */
async function peopleOf(senders: readonly Sender[]) {
  const people = await Promise.all(
    Array.from({ length: sockets }, async (_, k) => {
      const userId = `person-${k}`;
      const gatewayUrl = gatewayUrls[Math.floor(k / rooms) % gatewayUrls.length]!;
      return { userId, token: await tokenOf(userId), gatewayUrl, roomId: senders[k % rooms]!.roomId };
    }),
  );
  for (const { http, roomId } of senders) {
    const members = people.filter((person) => person.roomId === roomId).map(({ userId }) => userId);
    for (let from = 0; from < members.length; from += MEMBERS_PER_CALL)
      await patiently(() => http.addMembers(roomId, members.slice(from, from + MEMBERS_PER_CALL)));
  }
  return people;
}

/** One packet after the other, evenly over the time. Gives the memory of each process, sampled all along. */
async function dropAll(senders: readonly Sender[]): Promise<Map<string, { atMs: number; mb: number }[]>> {
  const memory = new Map(WATCHED.map((name) => [name, [] as { atMs: number; mb: number }[]]));
  const startedMs = performance.now();
  const sampler = setInterval(() => {
    const atMs = performance.now() - startedMs;
    for (const [name, samples] of memory) samples.push({ atMs, mb: megabytes(pids[name]!) });
  }, SAMPLE_MS);
  for (let k = 0; k < packets; k += 1) {
    const dueMs = (k * minutes * 60_000) / packets;
    await delay(Math.max(0, dueMs - (performance.now() - startedMs)));
    const { http, roomId } = senders[k % senders.length]!;
    const packet = { roomId, kind: 'lucky', amount: AMOUNT, count: SHARES, currency: 'CNY' } as const;
    const key = crypto.randomUUID();
    await patiently(() => http.sendPacket(packet, key));
  }
  await delay(Math.max(0, minutes * 60_000 - (performance.now() - startedMs)));
  clearInterval(sampler);
  return memory;
}

/** Everything is closed, and whoever heard of a drop has an answer. */
async function quiet(told: Told): Promise<void> {
  const untilMs = performance.now() + QUIET_MS_MAX;
  const open = async () =>
    Number((await pool.query(`SELECT count(*) FROM packets WHERE closed_at IS NULL`)).rows[0].count);
  const unanswered = () => told.drops - told.wins.length - told.others.length;
  while (((await open()) > 0 || unanswered() > 0) && performance.now() < untilMs) await delay(250);
}

function report(told: Told, memory: Map<string, { atMs: number; mb: number }[]>): void {
  const { wins, others, answerMs, drops } = told;
  answerMs.sort((a, b) => a - b);
  const at = (part: number) => Math.round(answerMs[Math.floor(answerMs.length * part)] ?? 0);
  say(
    `heard of a drop: ${drops} of ${(sockets / rooms) * packets} times; answers ${wins.length + others.length}`,
  );
  say(`won: ${wins.length} of ${packets * SHARES}; answered in p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  for (const [name, samples] of memory) {
    const endMs = samples.at(-1)!.atMs;
    const minuteMs = Math.min(60_000, endMs / 3);
    const first = mean(samples.filter(({ atMs }) => atMs <= minuteMs).map(({ mb }) => mb));
    const last = mean(samples.filter(({ atMs }) => atMs >= endMs - minuteMs).map(({ mb }) => mb));
    say(
      `memory of ${name}: ${first.toFixed(0)} MB in the first ${Math.round(minuteMs / 1_000)} s, ${last.toFixed(0)} MB in the last`,
    );
  }
}
