import type { Result } from '../../model/result.ts';
import { fillRows, highest, lowest, type ChartGroup, type ChartPlan, type Line } from './chart-plan.ts';
import { el, section } from './dom.ts';
import { clock, NOTHING, utc } from './format.ts';
import { makePlot, type Plot } from './plot.ts';
import { MARK_LOOKS } from './plot-marks.ts';

/** All charts of the page, and what they do together. */
export class Charts {
  private readonly plots: Plot[] = [];
  private readonly whole = el(
    'button',
    { type: 'button', class: 'whole-run', hidden: true },
    'Show the whole run',
  );
  private readonly spoken = el('p', { class: 'visually-hidden', role: 'status' });
  private readonly pending: (() => void)[] = [];
  private readonly seconds: number;

  constructor(private readonly result: Result) {
    this.seconds = Math.max(1, result.seconds, result.series.offered.length);
    this.whole.addEventListener('click', () => this.zoom(0, this.seconds));
  }

  group({ id, title, about, after, charts }: ChartGroup, ...more: Node[]): HTMLElement | null {
    if (charts.length === 0) return null;
    return section(
      id,
      title,
      about !== undefined && el('p', { class: 'about-charts' }, about),
      el(
        'div',
        { class: 'charts' },
        fillRows(charts).map((plan) => this.figure(plan)),
      ),
      after !== undefined && el('p', { class: 'after-charts' }, after),
      ...more,
    );
  }

  /** Draws, once the places are on the page and have a width. */
  start(): void {
    document.body.append(this.whole, this.spoken);
    for (const draw of this.pending) draw();
    const all = (what: (plot: Plot) => void) => () => this.plots.forEach(what);
    matchMedia('(prefers-color-scheme: dark)').addEventListener(
      'change',
      all((plot) => plot.repaint()),
    );
    let width = innerWidth;
    addEventListener('resize', () => {
      if (width === innerWidth) return;
      width = innerWidth;
      for (const plot of this.plots) plot.resize();
    });
  }

  private zoom(from: number, to: number): void {
    this.whole.hidden = from <= 0 && to >= this.seconds;
    for (const plot of this.plots) plot.zoom(from, to);
  }

  private point(second: number | null): void {
    for (const plot of this.plots) plot.point(second);
  }

  private figure(plan: ChartPlan): HTMLElement {
    const at = el('span', { class: 'at' });
    const place = el('div', {
      class: 'plot',
      tabindex: 0,
      role: 'img',
      'aria-label': summary(plan),
      'data-chart': plan.id,
    });
    const legend = plan.lines.map((line) => legendItem(line));
    const onSecond = (second: number | null) => {
      at.textContent =
        second === null ? '' : `${clock(second)} · ${utc(this.result.startedAt, second).slice(11)}`;
      for (const [n, { value }] of legend.entries()) value.textContent = shownValue(plan, n, second);
    };
    this.pending.push(() => {
      const plot = makePlot({
        plan,
        place,
        seconds: this.seconds,
        marks: this.result.marks,
        markNames: plan.id === 'load',
        onSecond,
        onStretch: (from, to) => this.zoom(from, to),
        onTouch: (second) => this.point(second),
      });
      this.plots.push(plot);
      legend.forEach(({ button }, n) =>
        button.addEventListener('click', () => {
          const shown = button.getAttribute('aria-pressed') !== 'true';
          button.setAttribute('aria-pressed', String(shown));
          plot.show(n, shown);
        }),
      );
      this.followKeys(place, plan);
    });
    return el(
      'figure',
      { class: `chart ${plan.size}` },
      el('figcaption', {}, el('span', { class: 'title' }, plan.title), at),
      plan.note !== undefined && el('p', { class: 'note' }, plan.note),
      place,
      el(
        'div',
        { class: 'legend', role: 'group', 'aria-label': `Lines of ${plan.title}` },
        legend.map(({ button }) => button),
      ),
    );
  }

  /** The arrows go from second to second (with Shift by ten), and what stands there is said. */
  private followKeys(place: HTMLElement, plan: ChartPlan): void {
    let second = -1;
    place.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step === undefined && event.key !== 'Escape') return;
      event.preventDefault();
      second =
        step === undefined
          ? -1
          : Math.min(this.seconds - 1, Math.max(0, second + step * (event.shiftKey ? 10 : 1)));
      this.point(second < 0 ? null : second);
      this.spoken.textContent =
        second < 0
          ? ''
          : `${clock(second)}: ${plan.lines.map(({ name }, n) => `${name} ${shownValue(plan, n, second)}`).join(', ')}`;
    });
    place.addEventListener('blur', () => {
      if (second >= 0) this.point(null);
      second = -1;
    });
  }
}

function shownValue({ lines, show }: ChartPlan, line: number, second: number | null): string {
  const { rest, values } = lines[line]!;
  if (second === null) return rest;
  const value = values[second];
  return value === null || value === undefined ? NOTHING : show(value);
}

function legendItem({ name, tone, dash, fill, pale, hidden, rest }: Line) {
  const value = el('span', { class: 'value' }, rest);
  const swatch = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const drawn = document.createElementNS(
    'http://www.w3.org/2000/svg',
    fill && fill !== 'soft' ? 'rect' : 'line',
  );
  const set = (node: Element, attributes: Record<string, string | number>) =>
    Object.entries(attributes).forEach(([key, given]) => node.setAttribute(key, String(given)));
  set(swatch, {
    width: 22,
    height: 10,
    'aria-hidden': 'true',
    class: `swatch tone-${tone} ${pale ? 'pale' : ''}`,
  });
  if (fill && fill !== 'soft') set(drawn, { x: 5, y: 0, width: 12, height: 10, rx: 2, class: fill });
  else set(drawn, { x1: 0, y1: 5, x2: 22, y2: 5, 'stroke-dasharray': dash?.join(' ') ?? '' });
  swatch.append(drawn);
  const button = el(
    'button',
    { type: 'button', 'aria-pressed': hidden ? 'false' : 'true' },
    swatch,
    el('span', { class: 'name' }, name),
    value,
  );
  return { button, value };
}

/** The chart in words, for those who do not see it. */
export function summary({ title, lines, show }: ChartPlan): string {
  const said = lines.map(({ name, values }) => {
    const [most, least] = [highest(values), lowest(values)];
    if (!most || !least) return `${name}: nothing`;
    return `${name}: most ${show(most.value)} at ${clock(most.second)}, least ${show(least.value)} at ${clock(least.second)}`;
  });
  return `${title}. ${said.join('. ')}.`;
}

/** What happened when, as a list: each name is here, even where the chart had no room for it. */
export function markList({ marks }: Result): HTMLElement[] {
  if (marks.length === 0) return [];
  return [
    el(
      'ul',
      { class: 'marks', 'aria-label': 'What happened when' },
      marks.map(({ atSecond, untilSecond, what, kind }) =>
        el(
          'li',
          {},
          el(
            'span',
            { class: `sign tone-${MARK_LOOKS[kind].tone}`, 'aria-hidden': 'true' },
            MARK_LOOKS[kind].sign,
          ),
          el('time', {}, clock(atSecond) + (untilSecond === undefined ? '' : `–${clock(untilSecond)}`)),
          ` ${what}`,
          el('span', { class: 'visually-hidden' }, ` (${kind})`),
        ),
      ),
    ),
  ];
}
