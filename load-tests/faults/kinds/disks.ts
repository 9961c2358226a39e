import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../fault.js';

const FULL_SECONDS = 8;
const CHUNK_BYTES_MAX = 1 << 20;

export const disks: readonly Fault[] = (['redis', 'postgres'] as const).map((store) => ({
  name: `disk-full-${store}`,
  what: `the disk under ${store} is full for ${FULL_SECONDS} s (a tmpfs; needs root)`,
  touches: [store],
  needs: { smallDisk: store },
  async run({ stack, note, lasting }) {
    const filler = join(stack.dirOf(store), 'filler');
    const bytes = fill(filler);
    note(`the disk under ${store} is full, ${bytes >> 20} MiB of filler`);
    await lasting(FULL_SECONDS);
    rmSync(filler);
    note('there is room again');
    await stack.whenUp(store);
  },
}));

/** To the last byte. */
function fill(file: string): number {
  const fd = openSync(file, 'w');
  let written = 0;
  try {
    for (let size = CHUNK_BYTES_MAX; size >= 1;) {
      try {
        const done = writeSync(fd, Buffer.alloc(size));
        written += done;
        if (done < size) size = Math.floor(size / 2);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        size = Math.floor(size / 2);
      }
    }
    return written;
  } finally {
    closeSync(fd);
  }
}
