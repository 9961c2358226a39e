import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { guardServer } from './guard.js';
import { freePort } from './ports.js';
import { stopProcess, waitUntil, whenExited, type LocalServer } from './processes.js';
import { ensureRedisServer, type RedisServer } from './redis-server.js';

/** A file of some GB is read at the start. */
const START_MS_MAX = 60_000;
/** With `always` there is nothing left to write at the end. */
const STOP_MS_MAX = 3_000;
const PING_MS_MAX = 1_000;
const LOG_TAIL_CHARS = 1_500;

export interface RedisOptions {
  /** Where the append-only file and the log are kept. */
  dir: string;
  port?: number | undefined;
  /** When the append-only file is synced; `off`: none is written. */
  appendOnly?: 'always' | 'everysec' | 'off' | undefined;
  extraArgs?: string[] | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** Starts Redis on 127.0.0.1 and waits until it has read its file. Throws with the end of its log when it can't. */
export async function startRedis(options: RedisOptions): Promise<LocalServer> {
  const { signal } = options;
  const program = await ensureRedisServer({ onProgress: options.onProgress, signal });
  mkdirSync(options.dir, { recursive: true });
  const log = join(options.dir, 'redis.log');
  keepOlderLog(log);
  const port = options.port ?? (await freePort());
  signal?.throwIfAborted();

  const server = spawnRedis(program, redisArguments(options, port, log), options.dir);
  let exited = false;
  void server.exited.then(() => (exited = true));
  const answers = () => {
    if (exited)
      throw new Error(`Redis ended at its start:\n${readFileSync(log, 'utf8').slice(-LOG_TAIL_CHARS)}`);
    return answersAs(port, server.pid);
  };
  try {
    await waitUntil(answers, { what: `Redis answering (see ${log})`, timeoutMs: START_MS_MAX, signal });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { ...server, url: `redis://127.0.0.1:${port}`, port };
}

function redisArguments(
  { dir, appendOnly = 'always', extraArgs = [] }: RedisOptions,
  port: number,
  log: string,
) {
  const durability =
    appendOnly === 'off' ? ['--appendonly', 'no'] : ['--appendonly', 'yes', '--appendfsync', appendOnly];
  return [
    ...['--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'yes'],
    ...['--dir', dir, '--logfile', log, '--daemonize', 'no'],
    ...durability,
    ...['--save', '', '--maxmemory-policy', 'noeviction'],
    // A list of a million ids that expires would hold up every grab for 366 ms; freed aside, for less than one.
    ...['--lazyfree-lazy-expire', 'yes'],
    ...extraArgs,
  ];
}

function spawnRedis(program: RedisServer, args: string[], dir: string): Omit<LocalServer, 'url' | 'port'> {
  const child = spawn(program.path, args, {
    cwd: dir,
    env: { ...process.env, ...program.env },
    detached: true, // Ctrl-C in the terminal is for the launcher, which stops this last
    stdio: 'ignore',
  });
  const exited = whenExited(child);
  if (child.pid === undefined) throw new Error(`${program.path} can't be run`);
  const guard = guardServer(child.pid, 'TERM');
  void exited.then(() => guard.release());
  return {
    pid: child.pid,
    exited,
    async stop() {
      await stopProcess(child, { timeoutMs: STOP_MS_MAX });
      await guard.release();
    },
    async kill() {
      await stopProcess(child, { signal: 'SIGKILL', timeoutMs: STOP_MS_MAX });
      await guard.release();
    },
  };
}

function keepOlderLog(log: string): void {
  try {
    renameSync(log, `${log}.1`);
  } catch {
    // the first start has no older log
  }
}

/**
 * Whether this very process answers PONG: one that still reads its file says LOADING, and another Redis on the port has
 * another process_id. A bare socket, since no client is needed for that.
 */
function answersAs(port: number, pid: number): Promise<boolean> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', timeout: PING_MS_MAX });
    const answer = () => {
      socket.destroy();
      resolve(text.includes(`process_id:${pid}\r\n`) && text.includes('+PONG'));
    };
    socket.once('connect', () => socket.write('INFO server\r\nPING\r\n'));
    socket.on('data', (data) => {
      text += data.toString();
      if (/(^|\n)(\+PONG|-)/.test(text)) answer();
    });
    socket.once('timeout', answer);
    socket.once('error', answer);
    socket.once('close', answer);
  });
}
