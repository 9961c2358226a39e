import type { Saturation } from '../model/result.ts';

type Line = Saturation['series'][number];
export type Unit = Line['unit'];

/** Names of series that others look for. */
export const CPU = 'CPU';
export const MEMORY = 'memory';
/** The whole machine that the service runs on, beside its processes. */
export const MACHINE = 'machine';
export const K6 = 'k6';

/** What each process was doing, second by second, from whoever looked. */
export class SaturationLog {
  private readonly processes = new Map<
    string,
    Map<string, { unit: Unit; full?: number; at: Map<number, number> }>
  >();

  /** `full`: what it is full at, where there is such a figure. */
  note(process: string, name: string, unit: Unit, second: number, value: number, full?: number): void {
    if (!Number.isFinite(value)) return;
    let lines = this.processes.get(process);
    if (!lines) this.processes.set(process, (lines = new Map()));
    let line = lines.get(name);
    if (!line) lines.set(name, (line = { unit, at: new Map() }));
    if (full !== undefined && full > 0) line.full = full;
    line.at.set(second, value);
  }

  /** One value for each second from 0; null where nobody looked. Only what was seen at all within them. */
  toSaturation(seconds: number): Saturation[] {
    const order = [...this.processes.keys()].toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b));
    return order.flatMap((process) => {
      const series = [...this.processes.get(process)!].flatMap(([name, { unit, full, at }]): Line[] => {
        const values = Array.from({ length: Math.ceil(seconds) }, (_, s) => at.get(s) ?? null);
        if (values.every((value) => value === null)) return [];
        return [{ name, unit, ...(full === undefined ? {} : { full }), values }];
      });
      return series.length > 0 ? [{ process, series }] : [];
    });
  }

  /** The latest CPU of each process, in percent of a core, fullest first; nothing older than `second`. */
  latestCpu(second: number): { process: string; percent: number; full: number | undefined }[] {
    return [...this.processes]
      .flatMap(([process, lines]) => {
        const line = lines.get(CPU);
        const latest = Math.max(...(line?.at.keys() ?? []));
        if (!line || latest < second) return [];
        return [{ process, percent: line.at.get(latest)!, full: line.full }];
      })
      .toSorted((a, b) => b.percent - a.percent);
  }
}

const ORDER = ['gateway', 'api', 'worker', 'redis', 'postgres'];
function rank(process: string): number {
  const at = ORDER.findIndex((name) => process.startsWith(name));
  return at === -1 ? ORDER.length : at;
}

/** The mean of what was seen in these seconds; undefined when nothing was. */
export function meanOf(values: readonly (number | null)[]): number | undefined {
  const seen = values.filter((value) => value !== null);
  return seen.length === 0 ? undefined : seen.reduce((a, b) => a + b, 0) / seen.length;
}

export function seriesNamed(
  saturation: readonly Saturation[],
  process: string,
  name: string,
): Line | undefined {
  return saturation.find((one) => one.process === process)?.series.find((line) => line.name === name);
}

export interface Fullest {
  process: string;
  cpuPercentOfCore: number;
  /** Of what it can use at most, 0 to 1. */
  share: number;
}

/** Of the service's processes, the one nearest to what its CPU allows, over the seconds from `from` up to `until`. */
export function fullestIn(
  saturation: readonly Saturation[],
  from: number,
  until: number,
): Fullest | undefined {
  return cpuIn(saturation, from, until)
    .filter(({ process }) => !process.startsWith(K6))
    .toSorted((a, b) => b.share - a.share)[0];
}

/** What each process used in these seconds, k6 too, the greatest first. */
export function cpuIn(saturation: readonly Saturation[], from: number, until: number): Fullest[] {
  return saturation
    .filter(({ process }) => process !== MACHINE)
    .flatMap(({ process, series }): Fullest[] => {
      const line = series.find(({ name }) => name === CPU);
      const cpu = line && meanOf(line.values.slice(from, until));
      return cpu === undefined ? [] : [{ process, cpuPercentOfCore: cpu, share: cpu / (line?.full ?? 100) }];
    })
    .toSorted((a, b) => b.cpuPercentOfCore - a.cpuPercentOfCore);
}
