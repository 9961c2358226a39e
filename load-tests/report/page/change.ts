import { NOTHING, percent } from './format.ts';
import type { Earlier } from './report-data.ts';
import type { Result } from '../../model/result.ts';

/** Which way is good; `neither` for what was asked of the service, which is no merit of its. */
export type Better = 'less' | 'more' | 'neither';

export interface Change {
  /** (now − earlier) / earlier; undefined from nothing. */
  by?: number;
  tone: 'better' | 'worse' | 'same' | 'other';
  says: string;
}

/** Two runs of the same thing differ by that much anyway. */
export const SAME_WITHIN = 0.005;
/** A quantile is known to a step of 4 %: less than one step is no change. */
export const SAME_QUANTILE_WITHIN = 0.0405;

export function changeOf(now: number, was: number, better: Better, sameWithin = SAME_WITHIN): Change {
  if (now === was) return { by: 0, tone: 'same', says: 'the same' };
  const tone = better === 'neither' ? 'other' : (now < was ? 'less' : 'more') === better ? 'better' : 'worse';
  const suffix = tone === 'other' ? '' : `, ${tone}`;
  const way = now < was ? 'less' : 'more';
  if (was === 0) return { tone, says: `${way}${suffix}` };
  const by = (now - was) / Math.abs(was);
  if (Math.abs(by) <= sameWithin)
    return {
      by,
      tone: 'same',
      says: `the same within ${percent(sameWithin < 0.01 ? sameWithin * 100 : Math.round(sameWithin * 100))}`,
    };
  const sign = by < 0 ? '\u2212' : '+';
  return { by, tone, says: `${sign}${percent(rounded(Math.abs(by) * 100))}${suffix}` };
}

/** A change is never known to more digits than that. */
const rounded = (value: number) => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));

/** Why two runs may not be compared, in words; empty when they may. */
export function differences(now: Result, was: Earlier): string[] {
  const gib = (memory: number) => `${Math.round(memory / 1_024 ** 3)} GiB`;
  const facts: [what: string, of: (run: Result | Earlier) => string][] = [
    ['the workload', (run) => run.workload],
    ['the scale', (run) => String(run.scale)],
    ['the length of the load', (run) => `${run.seconds} s`],
    ['the processor', ({ machine }) => `${machine.cpu}, ${machine.cores} cores`],
    ['the memory', ({ machine }) => gib(machine.memoryBytes)],
    ['the system', ({ machine }) => machine.os],
    ['where k6 ran', ({ machine }) => (machine.sameAsTarget ? 'beside the service' : 'on another machine')],
    ['the k6 processes', ({ k6 }) => String(k6.processes)],
    ['how far it was played', (run) => (run.complete ? 'to the end' : 'not to the end')],
  ];
  return facts
    .map(([what, of]) => ({ what, now: of(now) || NOTHING, was: of(was) || NOTHING }))
    .filter((fact) => fact.now !== fact.was)
    .map((fact) => `${fact.what}: ${fact.was} then, ${fact.now} now`);
}
