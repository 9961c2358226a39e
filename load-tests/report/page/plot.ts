import UPlot from 'uplot';
import type { Result } from '../../model/result.ts';
import type { ChartPlan, Line } from './chart-plan.ts';
import { logSplits } from './chart-plan.ts';
import { clock } from './format.ts';
import { drawEndLabels, drawGuides, drawLayerLabels, labelRoom } from './plot-labels.ts';
import { drawMarkLabels, drawMarks, laneRoom } from './plot-marks.ts';
import { color, fillOf, FONT, withAlpha } from './plot-paint.ts';

/** All charts of the page are one in time: the cursor of each is everyone's. */
const SYNC_KEY = 'run';
const HEIGHT = 200;
const TALL = 270;
/** Alike in all charts of a width, so that their seconds stand under each other. */
const AXIS_PIXELS = { wide: 60, half: 60, third: 56 };
const PALE = 0.55;
const BINARY_STEPS = Array.from({ length: 44 }, (_, power) => 2 ** power);
const STRETCH_PIXELS_MIN = 4;

type Mark = Result['marks'][number];

export interface PlotOptions {
  plan: ChartPlan;
  seconds: number;
  marks: Mark[];
  /** The names of the marks stand over this one. */
  markNames: boolean;
  place: HTMLElement;
  /** The second that is pointed at; null: none. */
  onSecond: (second: number | null) => void;
  /** A finger is on this second: uPlot itself hears of mice only. */
  onTouch: (second: number) => void;
  /** A stretch of time was chosen with the pointer. */
  onStretch: (from: number, to: number) => void;
}

export interface Plot {
  show(line: number, shown: boolean): void;
  zoom(from: number, to: number): void;
  /** As if a pointer stood on this second; null: nowhere. */
  point(second: number | null): void;
  resize(): void;
  repaint(): void;
}

export function makePlot(options: PlotOptions): Plot {
  const { plan, place, seconds } = options;
  const shown = plan.lines.map(({ hidden }) => !hidden);
  const order = paintOrder(plan);
  const data = () => dataOf(plan, order, shown, seconds);
  const size = () => ({ width: Math.max(place.clientWidth, 200), height: plan.tall ? TALL : HEIGHT });
  const u = new UPlot(
    {
      ...size(),
      ...axesOf(plan, seconds),
      legend: { show: false },
      padding: [
        options.markNames ? laneRoom(options.marks, seconds, place.clientWidth) : 10,
        labelRoom(plan, place.clientWidth),
        0,
        0,
      ],
      cursor: cursorOf(plan),
      bands: plan.gapTinted && plan.lines.length > 1 ? [{ series: [1, 2], dir: -1, fill: gapTint }] : [],
      series: [{}, ...order.map((line) => seriesOf(plan, plan.lines[line]!, shown[line]!))],
      hooks: hooksOf(options, order, shown),
    },
    data(),
    place,
  );
  return {
    show(line, on) {
      shown[line] = on;
      const { min = 0, max = seconds } = u.scales.x as { min?: number; max?: number };
      u.batch(() => {
        if (plan.as === 'stack') u.setData(data(), false);
        u.setSeries(order.indexOf(line) + 1, { show: on });
        // The stretch of time stays, and the other axis follows what is shown.
        u.setScale('x', { min, max });
      });
    },
    zoom: (min, max) => u.setScale('x', { min, max }),
    point: (second) =>
      u.setCursor({ left: second === null ? -10 : u.valToPos(u.data[0][second]!, 'x'), top: 10 }),
    resize: () => u.setSize(size()),
    repaint: () => u.redraw(false),
  };
}

/**
 * The last is painted over all others: of lines the first that is named, so that none hides it; of a stack the lowest
 * layer, for each is painted from its top to the ground.
 */
function paintOrder({ as, lines }: ChartPlan): number[] {
  const order = [...lines.keys()];
  return as === 'steps' ? order : order.toReversed();
}

const gapTint = () => withAlpha(color('red'), 0.28);

function cursorOf(plan: ChartPlan): UPlot.Cursor {
  return {
    y: false,
    drag: { x: true, y: false, setScale: false },
    points: { show: plan.as !== 'stack', size: 6 },
    sync: {
      key: SYNC_KEY,
      scales: ['x', null],
      // A stretch that is chosen in one chart is told to the others by the page.
      filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
    },
  };
}

function hooksOf(options: PlotOptions, order: number[], shown: boolean[]): UPlot.Hooks.Arrays {
  const { plan, seconds, marks, markNames, onSecond, onStretch } = options;
  return {
    ready: [(u) => followTouch(u, (second) => options.onTouch(Math.min(second, seconds - 1)))],
    drawAxes: [(u) => drawMarks(u, marks), (u) => drawGuides(u, plan)],
    draw: [
      (u) => (plan.as === 'stack' ? drawLayerLabels(u, plan, order) : drawEndLabels(u, plan, order, shown)),
      (u) => markNames && drawMarkLabels(u, marks),
    ],
    setCursor: [
      ({ cursor: { idx, left = -1 } }) =>
        onSecond(typeof idx !== 'number' || left < 0 ? null : Math.min(idx, seconds - 1)),
    ],
    setSelect: [
      (u) => {
        const { left, width } = u.select;
        if (width < STRETCH_PIXELS_MIN) return;
        onStretch(u.posToVal(left, 'x'), u.posToVal(left + width, 'x'));
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      },
    ],
  };
}

/** A finger that moves along points as a mouse does; up and down it scrolls the page. */
function followTouch(u: UPlot, onTouch: (second: number) => void): void {
  u.over.addEventListener('pointermove', (event) => {
    if (event.pointerType !== 'touch') return;
    onTouch(u.posToIdx(event.clientX - u.over.getBoundingClientRect().left));
  });
}

/** Counts are of a whole second, and stand from its begin to its end; what was measured, in its middle. */
function dataOf(plan: ChartPlan, order: number[], shown: boolean[], seconds: number): UPlot.AlignedData {
  const at = Array.from({ length: seconds }, (_, s) => s);
  if (plan.as === 'line')
    return [
      at.map((s) => s + 0.5),
      ...order.map((line) => at.map((s) => plan.lines[line]!.values[s] ?? null)),
    ];
  const sums = Array.from({ length: seconds }, () => 0);
  const lines = plan.lines.map(({ values }, line) => {
    const own = at.map((s) => values[s] ?? 0);
    if (plan.as === 'steps') return own;
    return own.map((value, s) => (sums[s] = sums[s]! + (shown[line] ? value : 0)));
  });
  const ended = (values: number[]) => [...values, values.at(-1) ?? 0];
  return [[...at, seconds], ...order.map((line) => ended(lines[line]!))];
}

function seriesOf(plan: ChartPlan, line: Line, show: boolean): UPlot.Series {
  const stacked = plan.as === 'stack';
  return {
    label: line.name,
    show,
    stroke: () => (stacked ? color('card') : withAlpha(color(line.tone), line.pale ? PALE : 1)),
    width: stacked ? 1 : (line.width ?? 1.5),
    ...(line.dash ? { dash: line.dash } : {}),
    ...(line.fill ? { fill: () => fillOf(line) } : {}),
    ...(plan.as === 'line' ? {} : { paths: UPlot.paths.stepped!({ align: 1 }) }),
    // A second alone between two without any has no line to show it.
    points: { show: false, size: 4, filter: aloneOf, ...(plan.as === 'line' ? {} : { filter: () => null }) },
  };
}

function aloneOf(u: UPlot, series: number): number[] | null {
  const values = u.data[series]!;
  const none = (k: number) => typeof values[k] !== 'number';
  const alone = [...values.keys()].filter((k) => !none(k) && none(k - 1) && none(k + 1));
  return alone.length > 0 ? alone : null;
}

function axesOf(plan: ChartPlan, seconds: number): Pick<UPlot.Options, 'axes' | 'scales'> {
  const muted = () => color('muted');
  const grid = () => color('grid');
  const guide = Math.max(0, ...(plan.guides ?? []).map(({ at }) => at));
  return {
    scales: {
      x: {
        time: false,
        range: (_, min, max) => [
          Math.max(0, Math.floor(min ?? 0)),
          Math.min(seconds, Math.ceil(max ?? seconds)),
        ],
      },
      y: plan.log
        ? { distr: 3, range: () => plan.range! }
        : { range: (_, __, max) => [0, Math.max((max ?? 0) * 1.06, guide * 1.04) || 1] },
    },
    axes: [
      {
        stroke: muted,
        font: FONT,
        grid: { show: false },
        ticks: { stroke: grid, size: 4 },
        size: 28,
        space: 56,
        incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600],
        values: (_, splits) => splits.map(clock),
      },
      {
        stroke: muted,
        font: FONT,
        grid: { stroke: grid, width: 1 },
        ticks: { show: false },
        space: 32,
        size: AXIS_PIXELS[plan.size],
        ...(plan.binary ? { incrs: BINARY_STEPS } : {}),
        ...(plan.log ? { splits: () => logSplits(plan.range!), filter: (_, splits) => splits } : {}),
        values: (_, splits) => splits.map((value) => plan.short(value)),
      },
    ],
  };
}
