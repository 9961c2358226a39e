import type { Result } from '../model/result.ts';
import { number } from './terminal.ts';

/** What a person needs to know without opening the report. */
export function summaryLines(result: Result): string[] {
  const { totals, verdicts, money, bottleneck, breakpoint, complete } = result;
  const times = (['grab.open', 'grab.soldOut', 'grab.duplicate', 'push', 'settlement'] as const).flatMap(
    (name) => {
      const time = totals.times[name];
      return time ? [`${name} ${ms(time.p50)} / ${ms(time.p99)}`] : [];
    },
  );
  return [
    '',
    `  offered ${number(totals.offered)} grabs, answered ${number(totals.answered)}; best second ${number(totals.peak.second)}, best ten seconds ${number(totals.peak.tenSeconds)} a second`,
    `  p50 / p99: ${times.join(', ') || 'nothing measured'}`,
    ...verdicts.map(
      ({ met, metric, goal, value, unit }) =>
        `  ${met ? 'met    ' : 'NOT MET'} ${metric}: ${value === undefined ? 'not measured' : `${short(value)} ${unit}`} (${goal})`,
    ),
    ...(breakpoint ? [`  ${breakpoint.says}`] : []),
    `  ${bottleneck.says}`,
    `  money: ${money.ok ? 'right' : 'WRONG'}; ${number(money.packets)} packets, ${number(money.claimed.count)} claims, funded ${number(money.funded)} = claimed ${number(money.claimed.amount)} + refunded ${number(money.refunded)}`,
    ...money.checks.filter(({ ok }) => !ok).map(({ name, detail }) => `    ${name}: ${detail}`),
    `  audit: ${auditText(money.audit)}`,
    ...(complete ? [] : ['  the load was not played to its end: the report says so']),
    '',
  ];
}

function auditText({ ran, ok, checked, broken, why }: Result['money']['audit']): string {
  if (!ran) return `not run, ${why}`;
  if (!ok) return `BROKEN: ${JSON.stringify(broken)}`;
  return `all invariants hold (${Object.entries(checked ?? {})
    .map(([what, n]) => `${number(n)} ${what}`)
    .join(', ')})`;
}

const short = (value: number) => String(Number(value.toPrecision(3)));
const ms = (value: number) => `${short(value)} ms`;
