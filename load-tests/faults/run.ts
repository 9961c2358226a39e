import type { AckedWin, Broken } from '@app/audit';
import { Chance } from '../lib/chance.ts';
import { Crowd } from './crowd.js';
import type { Fault, World } from './fault.js';
import { judge } from './judge.js';
import type { Plant } from './plant.js';
import { isQuiet, settledSince, within } from './quiet.js';
import { ClientsRecord } from './record.js';
import { restartTwice } from './restart-twice.js';
import { Scene, type SceneSize } from './scene.js';
import { Stack } from './stack.js';
import { traceOf } from './trace.js';

/** Of one run, as --json writes it. */
export interface RunResult {
  fault: string;
  seed: number;
  /** Grabs asked; of them answered with an outcome other than `busy`; without an answer. */
  grabs: number;
  acked: number;
  unknown: number;
  /** From the end of the last fault until every packet answers and all that was won until then is settled. */
  healMs: number | null;
  broken: Broken[];
  won: number;
  busy: number;
  refused: Record<string, number>;
  /** Acked wins that were in a Redis whose disk was lost, and nowhere else. */
  lostWithDisk: number;
  /** Acked wins that were looked for in the ledger. */
  winsChecked: number;
  seconds: number;
  /** Processes of the service that ended by themselves: none should. */
  ended: string[];
  /** What was done, and when. */
  story: string[];
}

export interface RunOptions {
  faults: readonly Fault[];
  seed: number;
  isQuick: boolean;
  plant?: Plant;
  say: (line: string) => void;
  signal: AbortSignal;
}

const SIZE: SceneSize = { people: 80, packets: 6, expires: true, large: true };
const SIZE_QUICK: SceneSize = { people: 30, packets: 3, expires: false, large: false };
/** A quick run takes everything for so much of its time, but nothing for less than a second. */
const QUICK_FACTOR = 0.1;
const SEND_EVERY_MS = 2_000;
/** Of the answers that the first packets are good for: in between is where something breaks. */
const EARLIEST = 0.1;
const LATEST = 0.6;
const QUIET_MS_MAX = 60_000;
const LOAD_AFTER_HEAL_MS = 2_000;
const LOG_CHARS_MAX = 3_000;

/** One run: a stack of its own, load, one fault or several, healing, quiet, the verdict. Leaves nothing behind. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { faults, seed, say, signal } = options;
  const startedMs = performance.now();
  const record = new ClientsRecord();
  const story: string[] = [];
  const note = (line: string) => {
    const at = `${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(6)} s  ack ${String(record.acked).padStart(4)}`;
    story.push(`${at}  ${line}`);
    say(`  ${story.at(-1)}`);
  };
  const needs = faults.map((fault) => fault.needs ?? {});
  const apps = needs.find((need) => need.apps)?.apps;
  const smallDisk = needs.find((need) => need.smallDisk)?.smallDisk;
  const stack = await Stack.start({
    ...{ note, signal },
    ...(apps ? { apps } : {}),
    ...(smallDisk ? { smallDisk } : {}),
  });
  try {
    const found = await breakAndJudge(stack, record, note, options);
    for (const name of new Set(stack.endedApps))
      say(`  the end of ${name}'s log:\n${stack.logOf(name).slice(-LOG_CHARS_MAX)}`);
    const count = (outcome: string) => record.answers.filter((one) => one.outcome === outcome).length;
    const refused: Record<string, number> = {};
    for (const { outcome, code } of record.answers)
      if (outcome === 'refused') refused[code!] = (refused[code!] ?? 0) + 1;
    return {
      ...{ fault: faults.map(({ name }) => name).join('+'), seed },
      ...{ grabs: record.answers.length, acked: record.acked, unknown: count('unknown') },
      ...{ healMs: found.healMs, broken: found.broken },
      ...{ won: count('won'), busy: count('busy'), refused, lostWithDisk: found.lostWithDisk },
      ...{
        winsChecked: found.winsChecked,
        seconds: Math.round((performance.now() - startedMs) / 1_000),
        ended: stack.endedApps,
        story,
      },
    };
  } finally {
    await stack.stop();
  }
}

interface Found {
  healMs: number | null;
  broken: Broken[];
  lostWithDisk: number;
  winsChecked: number;
}

async function breakAndJudge(
  stack: Stack,
  record: ClientsRecord,
  note: (line: string) => void,
  { faults, seed, isQuick, plant, say, signal }: RunOptions,
): Promise<Found> {
  const size = isQuick ? SIZE_QUICK : SIZE;
  const scene = await Scene.set(stack.url, size, record, new Chance(seed, 0));
  const crowd = new Crowd(stack.url, scene, record, seed);
  const lost = { wins: [] as AckedWin[], atMs: -Infinity };
  note(`${size.people} people, ${scene.packets.length} packets and the drops of campaigns`);
  let isHealed = false;
  crowd.start();
  scene.keepSending(SEND_EVERY_MS, () => isHealed || signal.aborted);
  await Promise.all(
    faults.map(async (fault, k) => {
      const chance = new Chance(seed, 1, k);
      const whole = size.people * (size.packets + 1);
      await raced(
        record.whenAcked(Math.floor(whole * (EARLIEST + (LATEST - EARLIEST) * chance.next()))),
        signal,
      );
      const world: World = {
        ...{ stack, scene, crowd, record, chance, signal, note: (line) => note(`${fault.name}: ${line}`) },
        lasting: (seconds) => raced(pause(isQuick ? Math.max(1, seconds * QUICK_FACTOR) : seconds), signal),
        lostWithDisk: (wins) => {
          lost.wins.push(...wins);
          lost.atMs = Math.max(lost.atMs, Date.now());
        },
      };
      await inTurn(fault, world);
      world.note('healed');
    }),
  );
  signal.throwIfAborted();
  const healMs = await whenHealed(stack, scene, crowd, performance.now(), signal);
  note(
    healMs === null
      ? `not healed within ${QUIET_MS_MAX / 1_000} s`
      : `answers and settles again after ${Math.round(healMs)} ms`,
  );
  isHealed = true;
  await raced(pause(LOAD_AFTER_HEAL_MS / 1_000), signal);
  await scene.doneSending();
  await crowd.finish();
  signal.throwIfAborted();
  const last = healMs === null ? [] : await crowd.askAll(Date.now() + QUIET_MS_MAX);
  const quiet = await within(QUIET_MS_MAX, () => isQuiet(stack), signal);
  note(quiet ? 'quiet' : `not quiet within ${QUIET_MS_MAX / 1_000} s`);
  signal.throwIfAborted();
  if (plant) note(`planted: ${await plant.damage(stack)}`);
  const verdict = await judge(stack, record, lost);
  const broken = [...verdict.broken, ...unanswered(last), ...(healMs === null ? [NOT_HEALED] : [])];
  if (broken.length > 0) for (const line of await traceOf(stack, record, broken)) say(line);
  else if (!isQuick) broken.push(...(await restartTwice(stack, signal)));
  return { healMs, broken, lostWithDisk: lost.wins.length, winsChecked: verdict.winsChecked };
}

const NOT_HEALED: Broken = { invariant: 'I9', ids: ['heal'], detail: 'not healed within 60 s' };

/** All is healthy and quiet: whoever still has no definite answer was let down. */
function unanswered(
  last: readonly { packetId: string; userId: string; outcome: string; code?: string }[],
): Broken[] {
  const open = last.filter(({ outcome }) => ['busy', 'unknown', 'not_open', 'refused'].includes(outcome));
  if (open.length === 0) return [];
  const [first] = open;
  return [
    {
      ...{ invariant: 'I9', ids: [...new Set(open.map(({ packetId, userId }) => `${packetId}:${userId}`))] },
      detail: `${open.length} grabs have no definite answer at the end, the first ${first!.code ?? first!.outcome}`,
    },
  ];
}

/** Faults that touch the same process come one after the other. */
async function inTurn(fault: Fault, world: World): Promise<void> {
  const parts = [...new Set(fault.touches)].filter((name) => world.stack.parts.has(name)).toSorted();
  const nested = parts.reduceRight<() => Promise<void>>(
    (work, name) => () => world.stack.part(name).alone(work),
    () => fault.run(world),
  );
  await nested();
}

/** A person of the crowd's who asks about every packet that is open, over a connection of their own. */
async function whenHealed(
  stack: Stack,
  scene: Scene,
  crowd: Crowd,
  sinceMs: number,
  signal: AbortSignal,
): Promise<number | null> {
  const prober = scene.people[0]!;
  let deadline = false;
  const timer = setTimeout(() => (deadline = true), QUIET_MS_MAX);
  const client = await crowd.connect(prober, () => deadline || signal.aborted);
  try {
    if (!client) return null;
    await client.joinRoom(scene.roomId).catch(() => undefined);
    const answered = new Set<string>();
    const isAnswering = async () => {
      for (const packetId of scene.packets.filter((one) => !answered.has(one))) {
        const { outcome } = await crowd.grab(client, prober.userId, packetId);
        if (['busy', 'unknown', 'refused'].includes(outcome)) return false;
        answered.add(packetId);
      }
      return true;
    };
    if (!(await within(QUIET_MS_MAX, isAnswering, signal))) return null;
    const answeringAtMs = Date.now();
    if (!(await within(QUIET_MS_MAX, () => settledSince(stack, answeringAtMs), signal))) return null;
    return performance.now() - sinceMs;
  } finally {
    clearTimeout(timer);
    client?.close();
  }
}

const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1_000));

/** Ends early, and quietly, when the run is interrupted. */
function raced(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    work.then(resolve, reject);
  });
}
