import { readFileSync } from 'node:fs';

export interface ProcessMemory {
  /** Resident pages, those shared with other processes in full. */
  rssBytes: number;
  /** The same with each shared page divided among those who have it. */
  pssBytes: number;
}

/** Memory of a process from /proc/pid/smaps_rollup (Linux 4.14 or newer). Throws when it is gone. */
export function memoryOf(pid: number): ProcessMemory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)![1]) * 1_024;
  return { rssBytes: bytes('Rss'), pssBytes: bytes('Pss') };
}
