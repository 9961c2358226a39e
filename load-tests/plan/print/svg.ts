import type { LatencyPoint } from '../simulation/latency.ts';
import { decadesOf } from './chart.ts';
import { ms } from './numbers.ts';

const WIDTH = 720;
const HEIGHT = 320;
const LEFT = 70;
const RIGHT = 16;
const TOP = 40;
const BOTTOM = 46;
const CURVES = [
  ['p50', '#3b7dd8'],
  ['p99', '#d9822b'],
  ['p999', '#c0392b'],
] as const;
const NAMES = { p50: 'p50', p99: 'p99', p999: 'p99.9' } as const;

/** Latency of wins against load, on a logarithmic scale; grey where the store can't follow. */
export function drawnAsSvg(points: readonly LatencyPoint[], title: string): string {
  const { low, high } = decadesOf(points);
  const [from, until] = [points[0]!.load, points.at(-1)!.load];
  const x = (load: number) => LEFT + ((WIDTH - LEFT - RIGHT) * (load - from)) / (until - from);
  const y = (value: number) => TOP + ((HEIGHT - TOP - BOTTOM) * (high - Math.log10(value))) / (high - low);
  const known = points.filter(({ won }) => won);
  const parts: string[] = [];
  for (let decade = low; decade <= high; decade += 1) {
    const at = y(10 ** decade).toFixed(1);
    parts.push(`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="#ddd"/>`);
    parts.push(`<text x="${LEFT - 8}" y="${at}" dy="4" text-anchor="end">${ms(10 ** decade)}</text>`);
  }
  for (const { load } of points)
    parts.push(
      `<text x="${x(load).toFixed(1)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${load}</text>`,
    );
  const last = known.at(-1);
  if (last && last.load < until) {
    const at = x(last.load);
    parts.push(
      `<rect x="${at.toFixed(1)}" y="${TOP}" width="${(WIDTH - RIGHT - at).toFixed(1)}" height="${HEIGHT - TOP - BOTTOM}" fill="#eee"/>`,
      `<text x="${((at + WIDTH - RIGHT) / 2).toFixed(1)}" y="${TOP + 18}" text-anchor="middle">saturated</text>`,
    );
  }
  for (const [k, [name, colour]] of CURVES.entries()) {
    const line = known.map(({ load, won }) => `${x(load).toFixed(1)},${y(won![name]).toFixed(1)}`).join(' ');
    parts.push(`<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    parts.push(`<text x="${LEFT + 10 + 60 * k}" y="${TOP + 14}" fill="${colour}">${NAMES[name]}</text>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12" role="img">
<title>${title}</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<text x="${LEFT}" y="20" font-size="14">${title}</text>
${parts.join('\n')}
<text x="${(WIDTH + LEFT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">load, of the planned peak</text>
</svg>
`;
}
