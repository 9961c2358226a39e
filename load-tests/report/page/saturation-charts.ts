import { chartOf, type ChartGroup, type Guide, type Line } from './chart-plan.ts';
import { inUnit, short } from './format.ts';
import { dashAt, toneAt } from './load-charts.ts';
import type { ReportData } from './report-data.ts';
import { atNothing, bridged, grouped, most, type Owned, type SaturationChart } from './saturation-groups.ts';
import { timeChart } from './time-charts.ts';

/** A limit is drawn once it is within sight: with it far away, the line itself would be flat. */
const FULL_IN_SIGHT = 0.4;

/** Where the drawn is full; what is far from it is told instead. */
function limits(of: Owned[]): { guides: Guide[]; note?: string } {
  const guides: Guide[] = [];
  const far: string[] = [];
  const fulls = [...new Set(of.flatMap(({ full }) => (full === undefined ? [] : [full])))];
  for (const full of fulls.toSorted((a, b) => a - b)) {
    const those = of.filter((series) => series.full === full);
    const whose = fulls.length === 1 ? '' : `${those.map(({ process }) => process).join(', ')}: `;
    const says = `${whose}full at ${inUnit(full, those[0]!.unit)}`;
    if (Math.max(...those.map(most)) >= FULL_IN_SIGHT * full) guides.push({ at: full, label: says });
    else far.push(says);
  }
  return { guides, ...(far.length > 0 ? { note: far.join('; ') } : {}) };
}

/** A process has the same look in every chart; k6 and the whole machine, which are not the service, have no colour. */
function looksOf(process: string, service: string[], alone: number | undefined): Partial<Line> {
  if (alone !== undefined) return { tone: toneAt(alone), dash: dashAt(alone) };
  const place = service.indexOf(process);
  if (place >= 0) return { tone: toneAt(place), dash: dashAt(place) };
  if (!process.startsWith('k6')) return { tone: 'grey', width: 1.25 };
  return { tone: 'ink', dash: [1 + 2 * ((Number(process.slice(2)) || 1) - 1), 3] };
}

export function saturationGroup(data: ReportData): ChartGroup {
  const { saturation } = data.result;
  const service = saturation
    .map(({ process }) => process)
    .filter((process) => process !== 'machine' && !process.startsWith('k6'));
  const chart = ({ title, lines, byProcess }: SaturationChart) => {
    const { unit } = lines[0]!.of;
    const ofCpu = unit === 'percent of a core';
    return chartOf({
      id: `saturation-${title}`,
      title: ofCpu ? `${title}, percent of a core` : title,
      as: 'line',
      size: byProcess ? (ofCpu ? 'wide' : 'half') : 'third',
      tall: ofCpu && byProcess,
      binary: unit === 'bytes',
      show: (value) => inUnit(value, unit),
      short: (value) => (unit === 'count' || unit === 'per second' ? short(value) : inUnit(value, unit)),
      lines: lines.map(({ label, of }, n) => ({
        name: label,
        values: bridged(of.values),
        tone: 'blue',
        width: 1.5,
        ...looksOf(of.process, service, byProcess ? undefined : n),
        rest: `most ${inUnit(most(of), unit)}`,
      })),
      ...limits(lines.map(({ of }) => of)),
    });
  };
  const idle = atNothing(saturation);
  return {
    id: 'saturation',
    title: 'How full each process was',
    ...(idle.length > 0 ? { after: `At nothing in every second: ${idle.join('; ')}.` } : {}),
    charts: [...grouped(saturation).flatMap(chart), ...timeChart(data, 'late', 'third')],
  };
}
