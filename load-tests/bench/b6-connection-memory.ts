import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { throwawayFolder, waitUntil } from '@app/local-stack';
import { openRoom, tokenSettings } from './bench-people.js';
import { startHelper } from './helper.js';
import { compared, everyTurn, median, scaled, type BenchContext, type Measurement } from './measurement.js';
import { lookAtMemory, probeEnv, type MemoryLook } from './memory-look.js';
import { startOwnService } from './own-service.js';
import type { CrowdOrder } from './processes/crowd.js';

const CONNECTIONS = 5_000;
const CONNECTIONS_MIN = 100;
/** Each opens and closes all connections of both servers. */
const ROUNDS_MAX = 3;
/** Socket.IO keeps a timer for 10 s after a connection is opened, presence and funnel write for some hundred ms. */
const QUIET_MS = 12_000;
const EMPTY_MS_MAX = 60_000;

/**
 * B6: memory of an idle connection that is signed in and has joined a room, against one to a bare Socket.IO server that was
 * let in and does nothing. What lives (V8's heap and its buffers) after a collection with all connections, less the same
 * with none, for each: medians of rounds. The growth of the process (PSS) is that of the first round, since an allocator
 * gives little back; pages that V8 has in reserve are in it.
 */
export async function benchB6(context: BenchContext): Promise<Measurement[]> {
  const count = scaled(context, CONNECTIONS, CONNECTIONS_MIN);
  const quietMs = scaled(context, QUIET_MS, 1_000);
  const folder = throwawayFolder('bench-memory');
  const undo: (() => Promise<unknown> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const service = await startOwnService(context, { name: 'b6', env: probeEnv(folder) });
    undo.push(() => service.stop());
    const bare = startHelper(new URL('./processes/bare-socket-io.ts', import.meta.url), probeEnv(folder));
    undo.push(() => bare.stop());
    const crowd = startHelper(new URL('./processes/crowd.ts', import.meta.url));
    undo.push(() => crowd.stop());
    const bareUrl = await bare.ask<string>('listen');
    const joined = { tokens: tokenSettings(service.env), roomId: await openRoom(service.url) };

    const growth = { gateway: [] as MemoryLook[], bare: [] as MemoryLook[] };
    const fill = async (
      name: keyof typeof growth,
      pid: number,
      order: Omit<CrowdOrder, 'name'>,
      left: () => Promise<number>,
    ) => {
      const before = await lookAtMemory(folder, pid);
      await crowd.ask('open', { name, ...order });
      await delay(quietMs, undefined, { signal: context.signal });
      const after = await lookAtMemory(folder, pid);
      growth[name].push({
        liveBytes: (after.liveBytes - before.liveBytes) / count,
        pssBytes: (after.pssBytes - before.pssBytes) / count,
      });
      await crowd.ask('close', { name });
      const isEmpty = async () => (await left()) === 0;
      await waitUntil(isEmpty, { what: `no connection left at ${name}`, timeoutMs: EMPTY_MS_MAX });
      await delay(quietMs / 4, undefined, { signal: context.signal });
      return growth[name].at(-1)!.liveBytes;
    };
    const rounds = Math.min(context.rounds, ROUNDS_MAX);
    const [gateway, socketIo] = await everyTurn({ ...context, rounds }, [
      () =>
        fill('gateway', service.pids.gateway, { url: service.url, count, socketIo: joined }, () =>
          socketsOf(service.url),
        ),
      () => fill('bare', bare.pid, { url: bareUrl, count, socketIo: {} }, () => bare.ask<number>('sockets')),
    ]);
    const words = { id: 'B6', against: 'a bare Socket.IO connection', unit: 'bytes' };
    return [
      compared(
        { atMost: 1.2 },
        {
          ...{ ...words, work: 'memory of an idle connection in a room: what lives' },
          ...{ value: median(gateway!), bare: median(socketIo!) },
        },
      ),
      compared('report', {
        ...{ ...words, work: 'the same: growth of the process (PSS)' },
        ...{ value: growth.gateway[0]!.pssBytes, bare: growth.bare[0]!.pssBytes },
      }),
    ];
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

async function socketsOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^hongbao_sockets_connected(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? NaN);
}
