import { readFileSync } from 'node:fs';

/** Scripts by name; the number in a file's name is its count of keys, and the loader holds the header to it. */
const FILES = {
  armBlock: 'armBlock-2.lua',
  grabShares: 'grabShares-5.lua',
  grabRuled: 'grabRuled-9.lua',
  cutShort: 'cutShort-1.lua',
  closePacket: 'closePacket-3.lua',
  openPartition: 'openPartition-2.lua',
  openChecked: 'openChecked-4.lua',
  rebuildPacket: 'rebuildPacket-6.lua',
  retirePartition: 'retirePartition-5.lua',
};

export type ScriptName = keyof typeof FILES;

export interface Script {
  lua: string;
  numberOfKeys: number;
}

/** Throws when a file's name, its header and its use of KEYS disagree. */
export function loadScript(name: ScriptName): Script {
  const file = FILES[name];
  const lua = readFileSync(new URL(`./lua/${file}`, import.meta.url), 'utf8');
  const numberOfKeys = Number(/-(\d+)\.lua$/.exec(file)?.[1]);
  const highest = (text: string) =>
    Math.max(0, ...[...text.matchAll(/KEYS\[(\d+)\]/g)].map((match) => Number(match[1])));
  const header = lua
    .split('\n')
    .filter((line) => line.startsWith('--'))
    .join('\n');
  const body = lua
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n');
  if (highest(header) !== numberOfKeys || highest(body) > numberOfKeys) {
    throw new Error(
      `${file} names ${numberOfKeys} keys, its header ${highest(header)}, its body ${highest(body)}`,
    );
  }
  return { lua, numberOfKeys };
}

export const SCRIPT_NAMES = Object.keys(FILES) as ScriptName[];
