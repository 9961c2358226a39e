import type UPlot from 'uplot';
import type { Result } from '../../model/result.ts';
import type { Tone } from './chart-plan.ts';
import { color, FONT, withAlpha } from './plot-paint.ts';

type Mark = Result['marks'][number];

/** Kinds differ by sign and stroke as well as by colour. */
export const MARK_LOOKS: Record<Mark['kind'], { sign: string; tone: Tone; dash: number[] }> = {
  drop: { sign: '◆', tone: 'red', dash: [] },
  storm: { sign: '≈', tone: 'purple', dash: [5, 3] },
  fault: { sign: '▲', tone: 'orange', dash: [2, 2] },
  break: { sign: '✕', tone: 'ink', dash: [] },
};

const LANE_PIXELS = 15;
const LANES_MAX = 3;
const CHARACTER_PIXELS = 6.3;

/** Over the chart, for the names of the marks: as many rows as they will need, as far as that can be guessed. */
export function laneRoom(marks: Mark[], seconds: number, width: number): number {
  const perSecond = (width * 0.87) / seconds;
  const names = marks.map((mark) => ({
    at: mark.atSecond * perSecond,
    width: nameOf(mark).length * CHARACTER_PIXELS,
  }));
  const lanes = lanesOf(names, seconds * perSecond, LANES_MAX);
  return 12 + LANE_PIXELS * Math.max(0, ...lanes.map((lane) => (lane ?? -1) + 1));
}

const nameOf = ({ kind, what }: Mark) => `${MARK_LOOKS[kind].sign} ${what}`;
/** At the right end of the chart a name stands to the left of its line. */
const leftOf = (name: { at: number; width: number }, end: number) => Math.min(name.at, end - name.width);

/** The row of each name, from the left; undefined: it has room in none, and stands only in the list under the chart. */
function lanesOf(names: { at: number; width: number }[], end: number, rows: number): (number | undefined)[] {
  const free: number[] = Array.from({ length: rows }, () => -Infinity);
  return names.map((name) => {
    const x = leftOf(name, end);
    const lane = free.findIndex((from) => from <= x);
    if (lane < 0) return undefined;
    free[lane] = x + name.width + 10;
    return lane;
  });
}

export function drawMarks(u: UPlot, marks: Mark[]): void {
  const px = devicePixelRatio || 1;
  const { left, top, width, height } = u.bbox;
  const { ctx } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  for (const { atSecond, untilSecond, kind } of marks) {
    const { tone, dash } = MARK_LOOKS[kind];
    const x = Math.round(u.valToPos(atSecond, 'x', true));
    if (untilSecond !== undefined && untilSecond > atSecond) {
      ctx.fillStyle = withAlpha(color(tone), kind === 'fault' ? 0.13 : 0.07);
      ctx.fillRect(x, top, u.valToPos(untilSecond, 'x', true) - x, height);
    }
    ctx.strokeStyle = withAlpha(color(tone), 0.75);
    ctx.lineWidth = px;
    ctx.setLineDash(dash.map((length) => length * px));
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + height);
    ctx.stroke();
  }
  ctx.restore();
}

export function drawMarkLabels(u: UPlot, marks: Mark[]): void {
  const px = devicePixelRatio || 1;
  const { ctx, bbox } = u;
  const end = bbox.left + bbox.width;
  ctx.save();
  ctx.font = FONT.replace(/^[\d.]+/, (size) => String(Number(size) * px));
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  const names = marks
    .map((mark) => ({
      text: nameOf(mark),
      tone: MARK_LOOKS[mark.kind].tone,
      at: u.valToPos(mark.atSecond, 'x', true),
      width: ctx.measureText(nameOf(mark)).width,
    }))
    .filter(({ at }) => at >= bbox.left - 1 && at <= end + 1)
    .toSorted((a, b) => a.at - b.at);
  const rows = Math.floor((bbox.top / px - 6) / LANE_PIXELS);
  for (const [n, lane] of lanesOf(names, end, Math.max(1, rows)).entries()) {
    if (lane === undefined) continue;
    ctx.fillStyle = color(names[n]!.tone);
    ctx.fillText(names[n]!.text, leftOf(names[n]!, end), bbox.top - (LANE_PIXELS * (lane + 0.5) + 2) * px);
  }
  ctx.restore();
}
