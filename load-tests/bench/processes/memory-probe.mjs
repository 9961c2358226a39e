import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { runInNewContext } from 'node:vm';

/*
 * Loaded into a server by NODE_OPTIONS=--import: at each SIGUSR2 it collects what is garbage and writes what is left to
 * $BENCH_PROBE_FOLDER/<pid>.json. A folder in $BENCH_PROBE_SNAPSHOT gets a heap snapshot each time, for
 * who looks into it.
 */
const { BENCH_PROBE_FOLDER: folder, BENCH_PROBE_SNAPSHOT: snapshots } = process.env;
/** Weak references and finalizers take more than one. */
const COLLECTIONS = 3;

if (folder) {
  let looks = 0;
  process.on('SIGUSR2', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    for (let k = 0; k < COLLECTIONS; k += 1) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    looks += 1;
    const draft = join(folder, `${process.pid}.draft`);
    writeFileSync(draft, JSON.stringify({ looks, ...process.memoryUsage() }));
    if (snapshots) writeHeapSnapshot(join(snapshots, `${process.pid}-${looks}.heapsnapshot`));
    renameSync(draft, join(folder, `${process.pid}.json`));
  });
}
