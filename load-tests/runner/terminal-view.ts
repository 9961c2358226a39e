import { quantile, type Histogram } from '../model/histogram.ts';
import type { TimeName } from '../model/lines.ts';
import type { Plan } from '../model/plan.ts';
import type { Merged } from './merge.ts';
import { MACHINE, type SaturationLog } from './saturation.ts';
import { number } from './terminal.ts';

/** Quantiles are of the last seconds: long enough for a few hundred grabs, short enough to see it bend. */
const WINDOW_SECONDS = 5;
/** k6 tells of a second soon after it: the last two are not whole yet. */
const BEHIND_SECONDS = 2;
const PROCESSES_SHOWN = 5;

export interface View {
  plan: Plan;
  scale: number;
  merged: Merged;
  log: SaturationLog;
  /** Seconds since the load began; negative while connecting. */
  elapsed: number;
}

/** What a person watching sees, at most 80 columns, always the same number of lines while the load runs. */
export function viewLines(view: View, columns: number): string[] {
  const { plan, merged, elapsed } = view;
  const [from, until] = window(view);
  const rate = (name: string) => perSecond(merged, name, from, until);
  const row = (label: string, name: TimeName, counted: boolean) => {
    const times = timesIn(merged, name, from, until);
    const count = [...times.values()].reduce((a, b) => a + b, 0);
    const perS = counted && until > from ? number(count / (until - from)) : '';
    return `  ${label.padEnd(14)}${perS.padStart(9)}${ms(times, 0.5).padStart(12)}${ms(times, 0.99).padStart(12)}`;
  };
  const lines = [
    `${plan.workload} × ${view.scale} → ${plan.target}`,
    progressBar(elapsed, plan, columns),
    '',
    `  a second      offered ${number(rate('offered'))}   answered ${number(rate('answered'))}   sent ${number(rate('sent'))}`,
    `  in flight ${number(inFlight(merged))}   sockets ${number(sockets(merged))}   ${failedText(merged)}`,
    '',
    `  ${'grabs'.padEnd(14)}${'a second'.padStart(9)}${'p50'.padStart(12)}${'p99'.padStart(12)}`,
    row('open', 'grab.open', true),
    row('sold out', 'grab.soldOut', true),
    row('duplicate', 'grab.duplicate', true),
    row('refused', 'grab.refused', true),
    row('failed', 'grab.failed', true),
    row('k6 itself late', 'late', false),
    '',
    `  outcomes  ${totalsText(merged, 'outcome.') || 'none yet'}`,
    `  errors    ${totalsText(merged, 'error.') || 'none'}`,
    `  CPU       ${cpuText(view)}`,
  ];
  return lines.map((line) => (line.length < columns ? line : `${line.slice(0, columns - 2)}…`));
}

/** The same in one line, for a log. */
export function viewLine(view: View): string {
  const { plan, merged, elapsed } = view;
  const [from, until] = window(view);
  const rate = (name: string) => number(perSecond(merged, name, from, until));
  const p99 = (name: TimeName) => ms(timesIn(merged, name, from, until), 0.99);
  if (elapsed < 0)
    return `  load begins in ${seconds(-elapsed)}, ${number(sockets(merged))} sockets connected`;
  return (
    `  ${seconds(Math.min(elapsed, plan.seconds))} of ${seconds(plan.seconds)}: offered ${rate('offered')}/s, answered ${rate('answered')}/s, ` +
    `p99 open ${p99('grab.open')}, sold out ${p99('grab.soldOut')}, duplicate ${p99('grab.duplicate')}; ` +
    `${totalsText(merged, 'outcome.') || 'no outcomes yet'}; CPU ${cpuText(view)}`
  );
}

/** The whole seconds that are looked at. */
function window({ elapsed, plan }: View): [number, number] {
  const until = Math.max(0, Math.min(Math.floor(elapsed) - BEHIND_SECONDS + 1, Math.ceil(plan.seconds)));
  return [Math.max(0, until - WINDOW_SECONDS), until];
}

function progressBar(elapsed: number, { seconds: all, tailSeconds }: Plan, columns: number): string {
  const width = Math.max(10, Math.min(40, columns - 40));
  const share = Math.min(Math.max(elapsed / all, 0), 1);
  const bar = '█'.repeat(Math.round(share * width)).padEnd(width, '░');
  if (elapsed < 0) return `${bar}  connecting, begins in ${seconds(-elapsed)}`;
  if (elapsed > all)
    return `${bar}  over, ${seconds(Math.max(all + tailSeconds - elapsed, 0))} for late answers`;
  return `${bar}  ${seconds(elapsed)} of ${seconds(all)}, ${seconds(all - elapsed)} left`;
}

function perSecond(merged: Merged, name: string, from: number, until: number): number {
  let sum = 0;
  for (let s = from; s < until; s += 1) sum += merged.count(s, name);
  return until > from ? sum / (until - from) : 0;
}

function timesIn(merged: Merged, name: TimeName, from: number, until: number): Histogram {
  const all: Histogram = new Map();
  for (let s = from; s < until; s += 1)
    for (const [bucket, n] of merged.seconds.get(s)?.times.get(name) ?? [])
      all.set(bucket, (all.get(bucket) ?? 0) + n);
  return all;
}

/** Taps that were due and have no first answer yet. */
function inFlight(merged: Merged): number {
  return Math.max(0, merged.total('offered') - merged.total('answered') - merged.total('outcome.unknown'));
}

function sockets(merged: Merged): number {
  return merged.total('connects') - merged.total('disconnects');
}

function failedText(merged: Merged): string {
  const failed = Object.entries(merged.failed);
  if (failed.length === 0) return '';
  return `not connected: ${failed.map(([reason, n]) => `${reason} ${number(n)}`).join(', ')}`;
}

function totalsText(merged: Merged, prefix: string): string {
  const totals = new Map<string, number>();
  for (const { counts } of merged.seconds.values())
    for (const [name, n] of counts)
      if (name.startsWith(prefix))
        totals.set(name.slice(prefix.length), (totals.get(name.slice(prefix.length)) ?? 0) + n);
  return [...totals]
    .toSorted((a, b) => b[1] - a[1])
    .map(([name, n]) => `${name} ${number(n)}`)
    .join(', ');
}

function cpuText({ log, elapsed }: View): string {
  const shown = log.latestCpu(Math.floor(elapsed) - WINDOW_SECONDS);
  const machine = shown.find(({ process }) => process === MACHINE);
  const processes = shown
    .filter(({ process, percent }) => process !== MACHINE && percent >= 1)
    .slice(0, PROCESSES_SHOWN)
    .map(({ process, percent }) => `${process} ${Math.round(percent)} %`);
  if (machine) processes.push(`machine ${Math.round(machine.percent)} of ${machine.full} %`);
  return processes.join(', ') || 'not known yet';
}

function ms(times: Histogram, at: number): string {
  const value = quantile(times, at);
  if (value === undefined) return '-';
  return value < 10 ? `${value.toFixed(1)} ms` : `${number(value)} ms`;
}

function seconds(value: number): string {
  const whole = Math.round(value);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
