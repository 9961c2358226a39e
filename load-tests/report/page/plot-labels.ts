import type UPlot from 'uplot';
import type { ChartPlan } from './chart-plan.ts';
import { color, FONT } from './plot-paint.ts';

/** Pixels of the page; the canvas has more of them on a dense screen. */
const LINE_PIXELS = 13;
const ROOM_MAX = 104;
/** On a phone, names that would take a third of the chart are left to the legend. */
const WIDE_FROM = 500;
const NARROW_ROOM_MAX = 60;
const NAME_PIXELS_MIN = 24;
const LAYER_PIXELS_MIN = 18;
const CHARACTER_PIXELS = 6.3;

const ratio = () => devicePixelRatio || 1;

function inked(u: UPlot, draw: (context: CanvasRenderingContext2D, px: number) => void): void {
  const px = ratio();
  u.ctx.save();
  u.ctx.textAlign = 'left';
  u.ctx.font = FONT.replace(/^[\d.]+/, (size) => String(Number(size) * px));
  draw(u.ctx, px);
  u.ctx.restore();
}

/** To the right of the lines, for their names: one line alone needs none. Alike in all that are as wide as the page. */
export function labelRoom(plan: ChartPlan, width: number): number {
  if (width >= WIDE_FROM && plan.size === 'wide') return ROOM_MAX;
  if (!endsNamed(plan)) return 14;
  const longest = Math.max(0, ...plan.lines.filter(({ pale }) => !pale).map(({ name }) => name.length));
  const room = Math.min(ROOM_MAX, 14 + longest * CHARACTER_PIXELS);
  return width < WIDE_FROM && room > NARROW_ROOM_MAX ? 14 : room;
}

const endsNamed = ({ as, lines }: ChartPlan) => as !== 'stack' && lines.length > 1;

/** Each line's name at its end, moved apart where they would lie upon each other: colour need not be told apart. */
export function drawEndLabels(u: UPlot, plan: ChartPlan, order: number[], shown: boolean[]): void {
  const room = u.width - (u.bbox.left + u.bbox.width) / ratio();
  if (!endsNamed(plan) || room < NAME_PIXELS_MIN) return;
  const { min = 0, max = 0 } = u.scales.x as { min?: number; max?: number };
  const labels = plan.lines.flatMap(({ name, tone, pale }, n) => {
    if (pale || !shown[n]) return [];
    const values = u.data[order.indexOf(n) + 1]!;
    for (let at = values.length - 1; at >= 0; at -= 1) {
      const [x, value] = [u.data[0][at]!, values[at]];
      if (typeof value === 'number' && x >= min && x <= max)
        return [{ name, tone, y: u.valToPos(value, 'y', true) }];
    }
    return [];
  });
  inked(u, (context, px) => {
    const step = LINE_PIXELS * px;
    const { left, top, width, height } = u.bbox;
    let next = -Infinity;
    const placed = labels
      .toSorted((a, b) => a.y - b.y)
      .map((label) => ({ ...label, y: (next = Math.max(label.y, next + step)) }));
    const over = Math.max(0, (placed.at(-1)?.y ?? 0) - (top + height));
    // Names that were pushed out at the bottom push those above them up.
    let limit = Infinity;
    if (over > 0)
      for (const label of placed.toReversed()) {
        label.y = Math.min(label.y, limit === Infinity ? top + height : limit);
        limit = label.y - step;
      }
    context.textBaseline = 'middle';
    for (const { name, tone, y } of placed) {
      context.fillStyle = color(tone);
      context.fillText(cut(context, name, (room - 8) * px), left + width + 6 * px, y);
    }
  });
}

function cut(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let short = text;
  while (short.length > 1 && context.measureText(`${short}…`).width > room) short = short.slice(0, -1);
  return `${short}…`;
}

/** In a stack, each name where its layer is thickest, if it has room there. */
export function drawLayerLabels(u: UPlot, { lines }: ChartPlan, order: number[]): void {
  inked(u, (context, px) => {
    context.textBaseline = 'middle';
    context.textAlign = 'center';
    for (const [place, line] of order.entries()) {
      const series = u.series[place + 1]!;
      if (!series.show) continue;
      const { name } = lines[line]!;
      const width = context.measureText(name).width + 10 * px;
      const room = roomIn(u, place, order, { wide: width, high: LAYER_PIXELS_MIN * px });
      if (!room) continue;
      context.fillStyle = color('card');
      context.beginPath();
      context.roundRect(room.x - width / 2, room.y - 8 * px, width, 16 * px, 4 * px);
      context.fill();
      context.fillStyle = color('ink');
      context.fillText(name, room.x, room.y);
    }
  });
}

interface Room {
  x: number;
  y: number;
  thick: number;
}

/** Where a name of this width fits into the layer; the thickest such place. */
function roomIn(u: UPlot, place: number, order: number[], { wide, high }: { wide: number; high: number }) {
  const [from, to] = u.series[0]!.idxs ?? [0, u.data[0].length - 1];
  const below = order.findIndex((_, other) => other > place && u.series[other + 1]!.show);
  const y = (value: number) => u.valToPos(value, 'y', true);
  const top = (at: number) => y(u.data[place + 1]![at] ?? 0);
  const bottom = (at: number) => y(below < 0 ? 0 : (u.data[below + 1]![at] ?? 0));
  const second = u.valToPos(1, 'x', true) - u.valToPos(0, 'x', true);
  const reach = Math.ceil(wide / second / 2);
  let best: Room | undefined;
  for (let at = from + reach; at < to - reach; at += 1) {
    const thick = bottom(at) - top(at);
    if (thick < high || (best && thick <= best.thick)) continue;
    const middle = (bottom(at) + top(at)) / 2;
    let fits = true;
    for (let k = at - reach; fits && k <= at + reach; k += 1)
      fits = top(k) <= middle - high / 2 && bottom(k) >= middle + high / 2;
    if (fits) best = { x: u.valToPos(u.data[0][at]! + 0.5, 'x', true), y: middle, thick };
  }
  return best;
}

/** Limits that a process or a goal has. */
export function drawGuides(u: UPlot, { guides }: ChartPlan): void {
  inked(u, (context, px) => {
    const { left, width } = u.bbox;
    for (const { at, label } of guides ?? []) {
      const y = Math.round(u.valToPos(at, 'y', true));
      context.strokeStyle = context.fillStyle = color('red-ink');
      context.lineWidth = px;
      context.setLineDash([2 * px, 3 * px]);
      context.beginPath();
      context.moveTo(left, y);
      context.lineTo(left + width, y);
      context.stroke();
      context.textBaseline = 'bottom';
      context.setLineDash([]);
      context.strokeStyle = color('card');
      context.lineWidth = 4 * px;
      context.strokeText(label, left + 5 * px, y - 2 * px);
      context.fillText(label, left + 5 * px, y - 2 * px);
    }
  });
}
