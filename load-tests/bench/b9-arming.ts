import { GrabBatcher, packetRefOf, RedisPacketStore } from '@app/packet-store';
import { connectMoney, whenReady, type Redis } from '@app/redis';
import { armPacket, memoryOf, withBareStore, type BareStore } from './bare-store.js';
import { absolute, compared, median, scaled, type BenchContext, type Measurement } from './measurement.js';

const SHARES = 1_000_000;
const SHARES_MIN = 50_000;
const CALL_MS_MAX = 10;
/** Grabs on another packet meanwhile: one every so often, each from its being due to its answer. */
const GRAB_EVERY_MS = 2;
const OTHER_SHARES = 100_000;
const IDLE_MS = 2_000;
const SLOWLOG_ENTRIES = 10_000;

/**
 * B9: arming 1,000,000 shares. The longest script call is what it cost Redis's main thread, read right before and after it:
 * on a machine that is shared the clock also counts when others ran (SLOWLOG's word stands beside it). The p99 of
 * grabs on another packet, while it is armed and while nothing is, is seen from outside.
 */
export async function benchB9(context: BenchContext): Promise<Measurement[]> {
  const shares = context.shares ?? scaled(context, SHARES, SHARES_MIN);
  return withBareStore(async (bare) => {
    const { client, store } = bare;
    const seen: {
      longestMs: number;
      byClockMs: number;
      typicalMs: number;
      p99Ms: number;
      idleP99Ms: number;
      seconds: number;
    }[] = [];
    const grabbing = connectMoney(bare.url, (role, error) => console.error(role, error.message));
    await whenReady(grabbing, 5_000);
    try {
      for (let round = 1; round <= context.rounds; round += 1) {
        context.signal.throwIfAborted();
        context.progress(`round ${round} of ${context.rounds}`);
        seen.push(await armOnce(bare, grabbing, shares));
      }
    } finally {
      grabbing.disconnect();
    }
    const before = await memoryOf(client);
    await armPacket(store, shares);
    const bytes = ((await memoryOf(client)) - before) / shares;
    const of = (name: keyof (typeof seen)[number]) => median(seen.map((one) => one[name]));
    context.note(
      `B9  ${shares} shares armed in ${of('seconds').toFixed(1)} s, ${bytes.toFixed(1)} bytes of Redis for each; ` +
        `a call takes ${of('typicalMs').toFixed(1)} ms, the longest of each round ` +
        `${seen.map((one) => one.longestMs.toFixed(1)).join(' ')} ms of CPU, ` +
        `${seen.map((one) => one.byClockMs.toFixed(0)).join(' ')} ms by the clock`,
    );
    const [longest, p99, idle] = [of('longestMs'), of('p99Ms'), of('idleP99Ms')];
    const work = `arming ${shares} shares: longest script call`;
    return [
      absolute({ atMost: CALL_MS_MAX }, { id: 'B9', work, unit: 'ms', value: longest }),
      compared('report', {
        ...{ id: 'B9', work: 'p99 of grabs on another packet meanwhile', against: 'while nothing is armed' },
        ...{ unit: 'ms', value: p99, bare: idle },
      }),
    ];
  });
}

async function armOnce({ client, store }: BareStore, grabbing: Redis, shares: number) {
  const other = new RedisPacketStore(grabbing);
  await grabbing.ping();
  const idleP99Ms = await p99While(
    store,
    other,
    () => new Promise((resolve) => setTimeout(resolve, IDLE_MS)),
  );
  await client.config('SET', 'slowlog-log-slower-than', '0');
  await client.config('SET', 'slowlog-max-len', String(SLOWLOG_ENTRIES));
  await client.slowlog('RESET');
  const [cpuMs, restore] = measureCalls(client);
  const startedMs = performance.now();
  let seconds = 0;
  let armedId = '';
  const p99Ms = await p99While(store, other, async () => {
    armedId = (await armPacket(store, shares)).terms.packetId;
    seconds = (performance.now() - startedMs) / 1_000;
  });
  restore();
  const entries = (await client.slowlog('GET', SLOWLOG_ENTRIES)) as [number, number, number, string[]][];
  await client.config('SET', 'slowlog-log-slower-than', '-1');
  const micros = entries.flatMap(([, , took, args]) => (/^evalsha$/i.test(args[0]!) ? [took] : []));
  await store.forget(armedId);
  const [longestMs, byClockMs] = [Math.max(...cpuMs), Math.max(...micros) / 1_000];
  return { longestMs, byClockMs, typicalMs: median(cpuMs), p99Ms, idleP99Ms, seconds };
}

type ArmCall = (...args: (string | number)[]) => Promise<unknown>;

/** Until it is restored, every call of armBlock adds what it cost Redis's main thread, in milliseconds. */
function measureCalls(client: Redis): [number[], () => void] {
  const cpuMs: number[] = [];
  const scripted = client as unknown as { armBlock: ArmCall };
  const plain = scripted.armBlock;
  scripted.armBlock = async (...args) => {
    // Sent together: Redis takes what a connection has sent in one go.
    const [before, reply, after] = await Promise.all([
      client.info('cpu'),
      plain.apply(client, args),
      client.info('cpu'),
    ]);
    cpuMs.push(mainThreadMs(after) - mainThreadMs(before));
    return reply;
  };
  return [cpuMs, () => (scripted.armBlock = plain)];
}

function mainThreadMs(info: string): number {
  const seconds = (name: string) => Number(new RegExp(`^${name}:(\\S+)`, 'm').exec(info)![1]);
  return (seconds('used_cpu_user_main_thread') + seconds('used_cpu_sys_main_thread')) * 1_000;
}

/** Open: a grab is due every GRAB_EVERY_MS whatever was answered, and its time counts from then. */
async function p99While(
  store: RedisPacketStore,
  other: RedisPacketStore,
  work: () => Promise<unknown>,
): Promise<number> {
  const packet = packetRefOf((await armPacket(store, OTHER_SHARES)).terms);
  const batcher = new GrabBatcher(other, { grabsPerCallMax: 256, grabsWaitingMax: 10_000 }, () => undefined);
  const tookMs: number[] = [];
  const beganMs = performance.now();
  let [sent, failed] = [0, 0];
  const timer = setInterval(() => {
    for (; beganMs + sent * GRAB_EVERY_MS <= performance.now() && sent < OTHER_SHARES; sent += 1) {
      const dueMs = beganMs + sent * GRAB_EVERY_MS;
      batcher.submit(packet, { userId: `u${sent}`, mark: 'met' }, ({ outcome }) => {
        if (outcome === 'won') tookMs.push(performance.now() - dueMs);
        else failed += 1;
      });
    }
  }, 1);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  while (batcher.waiting > 0) await new Promise((resolve) => setImmediate(resolve));
  await store.forget(packet.packetId);
  if (failed > 0 || tookMs.length === 0) throw new Error(`${failed} of ${sent} grabs did not win`);
  return tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length * 0.99)]!;
}
