import type { Line } from './chart-plan.ts';

export const FONT = '11.5px system-ui, sans-serif';

/** A colour of the style sheet by its name, as it is now: it changes with the system's light and dark. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Of a `#rrggbb`. */
export function withAlpha(hex: string, alpha: number): string {
  const byte = Math.round(alpha * 255);
  return hex + byte.toString(16).padStart(2, '0');
}

export function fillOf({ tone, fill }: Line): string | CanvasPattern {
  if (fill === 'soft') return withAlpha(color(tone), 0.16);
  if (fill === 'hatched') return hatch(color(tone));
  return color(tone);
}

const HATCH_PIXELS = 6;
const hatches = new Map<string, CanvasPattern>();

/** Slanted lines upon the card's own colour. */
export function hatch(stroke: string): CanvasPattern | string {
  const key = `${stroke} ${color('card')}`;
  const known = hatches.get(key);
  if (known) return known;
  const tile = document.createElement('canvas');
  const size = Math.round(HATCH_PIXELS * devicePixelRatio);
  tile.width = tile.height = size;
  const context = tile.getContext('2d')!;
  context.fillStyle = color('card');
  context.fillRect(0, 0, size, size);
  context.fillStyle = withAlpha(stroke, 0.35);
  context.fillRect(0, 0, size, size);
  context.strokeStyle = stroke;
  context.lineWidth = size / 3;
  context.beginPath();
  // The two corners as well, so that tiles meet without a seam.
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift - 1, size + 1);
    context.lineTo(shift + size + 1, -1);
  }
  context.stroke();
  const pattern = context.createPattern(tile, 'repeat');
  if (!pattern) return stroke;
  hatches.set(key, pattern);
  return pattern;
}
