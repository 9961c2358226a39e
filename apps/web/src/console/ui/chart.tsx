import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { useMedia } from '../../ui/use-media.js';
import { useWords } from '../words/index.js';

type Engine = typeof import('./chart-engine.js').UPlot;

export interface Line {
  label: string;
  values: readonly (number | null)[];
  /** A colour of the tokens, by its name without dashes. */
  color: 'red-ink' | 'gold-deep' | 'good';
  format: (value: number) => string;
  /** On the axis; else as everywhere. */
  short?: (value: number) => string;
  /** The second scale stands at the right. */
  right?: boolean;
  as?: 'line' | 'bars' | 'steps';
}

interface ChartProps {
  /** What it shows, for those who do not see it. */
  label: string;
  /** Epoch seconds, or the number of a range. */
  xs: readonly number[];
  lines: readonly Line[];
  /** Of ranges, when `xs` are no instants: in full, and as they stand on the axis. */
  names?: readonly string[];
  ticks?: readonly string[];
  /** What is along the axis, for the legend. */
  along: string;
  locale: string;
}

const HEIGHT = 230;

let engine: Promise<Engine> | null = null;

/** One load for all charts; a failed one is tried again. */
function loadEngine(): Promise<Engine> {
  engine ??= import('./chart-engine.js').then(
    ({ UPlot }) => UPlot,
    (error: unknown) => {
      engine = null;
      throw error;
    },
  );
  return engine;
}

function colorOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function axisOf(line: Line, text: string, grid: string): uPlot.Axis {
  const width = (values: string[] | null) =>
    14 + 7 * Math.max(3, ...(values ?? []).map((value) => value.length));
  return {
    scale: line.right ? 'right' : 'y',
    side: line.right ? 1 : 3,
    stroke: text,
    font: '12px system-ui, sans-serif',
    grid: { show: !line.right, stroke: grid, width: 1 },
    ticks: { show: false },
    size: (_, values) => width(values),
    values: (_, splits) => splits.map(line.short ?? line.format),
  };
}

function seriesOf(line: Line, Plot: Engine): uPlot.Series {
  const color = colorOf(line.color);
  const base: uPlot.Series = {
    label: line.label,
    scale: line.right ? 'right' : 'y',
    stroke: color,
    width: 2,
    points: { show: false },
    value: (_, value) => (value === null || value === undefined ? '–' : line.format(value)),
  };
  if (line.as === 'bars')
    return { ...base, fill: `${color}b0`, width: 1, paths: Plot.paths.bars!({ size: [0.8, 60] }) };
  if (line.as === 'steps') return { ...base, fill: `${color}22`, paths: Plot.paths.stepped!({ align: 1 }) };
  return base;
}

/** Half a bar more at both ends, so that the first and the last are whole; a single one has room too. */
const wholeBars: uPlot.Range.Function = ({ data: [xs] }, from, to) => {
  const half = xs.length > 1 ? (xs[1]! - xs[0]!) / 2 : 1;
  return [(from ?? 0) - half, (to ?? 0) + half];
};

function optionsOf(props: ChartProps, width: number, Plot: Engine): uPlot.Options {
  const { lines, names, ticks, locale, along } = props;
  const [text, grid] = [colorOf('muted'), colorOf('line')];
  const time = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const nameOf = (x: number) => (names ? (names[x] ?? '') : time.format(x * 1_000));
  const scales = lines.filter((line, n) => lines.findIndex((other) => !!other.right === !!line.right) === n);
  const fromNothing: uPlot.Range.Function = (_, __, max) => [0, Math.max(1, (max ?? 0) * 1.08)];
  return {
    width,
    height: HEIGHT,
    title: '',
    cursor: { y: false, points: { size: 7 } },
    legend: { live: true },
    scales: {
      x: names
        ? { time: false, range: () => [-0.6, names.length - 0.4] }
        : { time: true, ...(lines.some(({ as }) => as === 'bars') ? { range: wholeBars } : {}) },
      y: { range: fromNothing },
      right: { range: fromNothing },
    },
    axes: [
      {
        stroke: text,
        font: '12px system-ui, sans-serif',
        grid: { show: false },
        ticks: { stroke: grid, size: 5 },
        space: names ? 60 : 80,
        ...(names ? { incrs: [1, 2, 5, 10, 20] } : {}),
        values: (_, splits) => splits.map((split) => (names ? (ticks?.[split] ?? '') : nameOf(split))),
      },
      ...scales.map((line) => axisOf(line, text, grid)),
    ],
    series: [
      { label: along, value: (_, x) => (x === null || x === undefined ? '–' : nameOf(x)) },
      ...lines.map((line) => seriesOf(line, Plot)),
    ],
  };
}

const dataOf = ({ xs, lines }: ChartProps): uPlot.AlignedData => [
  [...xs],
  ...lines.map(({ values }) => [...values]),
];

/** Draws with uPlot; drawn anew when its words, colours or width change, and given the new figures otherwise. */
export function Chart(props: ChartProps) {
  const words = useWords().live;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const dark = useMedia('(prefers-color-scheme: dark)');
  const [failed, setFailed] = useState(false);
  const { label, xs, lines, names, locale } = props;
  const shape = [label, locale, dark, names?.join(), ...lines.map((line) => line.label)].join('|');
  useEffect(() => {
    let gone = false;
    const watch = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0 && plot.current?.width !== width) plot.current?.setSize({ width, height: HEIGHT });
    });
    loadEngine().then(
      (Plot) => {
        const target = place.current;
        if (gone || !target) return;
        plot.current = new Plot(
          optionsOf(latest.current, target.clientWidth, Plot),
          dataOf(latest.current),
          target,
        );
        watch.observe(target);
      },
      () => setFailed(true),
    );
    return () => {
      gone = true;
      watch.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(dataOf(props)), [xs, lines]);
  if (failed) return <p class="hint">{words.chartsFailed}</p>;
  return <div ref={place} class="chart" role="img" aria-label={label} style={{ minHeight: `${HEIGHT}px` }} />;
}
