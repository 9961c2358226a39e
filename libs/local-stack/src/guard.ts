import { spawn } from 'node:child_process';
import { whenExited } from './processes.js';

/**
 * Waits on a pipe that only its maker holds. A line on it says that all is well; its end says that the maker is gone,
 * however that came about, and then the server is stopped: by $1, and by force after five seconds. A server that ended but
 * has no one to collect it, as in a container without an init, is no longer waited for.
 */
const GUARD_SCRIPT = `
read -r _ && exit 0
kill -s "$1" "$2" 2>/dev/null || exit 0
n=0
while [ $n -lt 50 ] && kill -0 "$2" 2>/dev/null && ! grep -qs '^State:.*Z' "/proc/$2/status"; do
  sleep 0.1
  n=$((n + 1))
done
kill -s KILL "$2" 2>/dev/null
exit 0`;

/**
 * Ties a server's life to this process, from outside it: Redis and Postgres know nothing of us and would outlive a
 * `kill -9`. A shell of under 1 MB per server does it on any system.
 */
export function guardServer(pid: number, signal: 'INT' | 'TERM'): { release(): Promise<void> } {
  const guard = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'hongbao-guard', signal, String(pid)], {
    detached: true, // not in the terminal's group: Ctrl-C must not end the guard before its server
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  const exited = whenExited(guard);
  guard.stdin.on('error', () => {}); // the guard was killed: nothing left to tell it
  guard.unref();
  return {
    async release() {
      guard.ref(); // it must not end this process early, but is waited for here
      guard.stdin.end('released\n');
      await exited;
    },
  };
}
