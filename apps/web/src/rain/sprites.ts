import { ASPECT } from './field.js';

/** What is drawn many times in a frame is painted once, at the largest size it is needed in. */
export interface Sprites {
  envelope: HTMLCanvasElement;
  /** Opened and empty: paler, its flap up. */
  spent: HTMLCanvasElement;
}

const WIDTH_MAX = 92;
const FONT = `'Songti SC', 'Noto Serif CJK SC', 'Source Han Serif SC', STSong, SimSun, Georgia, serif`;

function canvasOf(width: number, height: number, density: number) {
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * density);
  canvas.height = Math.ceil(height * density);
  const context = canvas.getContext('2d')!;
  context.scale(density, density);
  return { canvas, context };
}

function paintBody(context: CanvasRenderingContext2D, [w, h]: [number, number], colours: [string, string]) {
  const fill = context.createLinearGradient(0, 0, 0, h);
  fill.addColorStop(0, colours[0]);
  fill.addColorStop(1, colours[1]);
  context.beginPath();
  context.roundRect(2, 2, w - 4, h - 4, 9);
  context.fillStyle = fill;
  context.fill();
}

function paintSeal(context: CanvasRenderingContext2D, w: number, h: number): void {
  const [x, y, radius] = [w / 2, h * 0.44, w * 0.19];
  const gold = context.createRadialGradient(x - radius / 3, y - radius / 3, 1, x, y, radius);
  gold.addColorStop(0, '#fff0c4');
  gold.addColorStop(1, '#e0aa4c');
  context.beginPath();
  context.arc(x, y, radius, 0, Math.PI * 2);
  context.fillStyle = gold;
  context.fill();
  context.fillStyle = '#7d110e';
  context.font = `700 ${radius * 1.2}px ${FONT}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText('開', x, y + 1);
}

function paintEnvelope(
  context: CanvasRenderingContext2D,
  w: number,
  h: number,
  cover: CanvasImageSource | null,
) {
  paintBody(context, [w, h], ['#dd473d', '#a81c1a']);
  context.save();
  context.clip();
  if (cover instanceof HTMLImageElement) {
    const scale = Math.max(w / cover.naturalWidth, h / cover.naturalHeight);
    const [cw, ch] = [cover.naturalWidth * scale, cover.naturalHeight * scale];
    context.drawImage(cover, (w - cw) / 2, (h - ch) / 2, cw, ch);
  } else {
    context.beginPath();
    context.moveTo(0, 0);
    context.lineTo(w, 0);
    context.lineTo(w, h * 0.3);
    context.quadraticCurveTo(w / 2, h * 0.58, 0, h * 0.3);
    context.fillStyle = '#c42c27';
    context.fill();
    context.strokeStyle = '#f3cd82';
    context.lineWidth = 1.5;
    context.stroke();
  }
  context.restore();
  context.strokeStyle = '#f3cd82';
  context.lineWidth = 2;
  context.beginPath();
  context.roundRect(2, 2, w - 4, h - 4, 9);
  context.stroke();
  paintSeal(context, w, h);
}

function paintSpent(context: CanvasRenderingContext2D, w: number, h: number): void {
  paintBody(context, [w, h], ['#e9c0a8', '#d29b80']);
  context.fillStyle = '#8a3a20';
  context.beginPath();
  context.ellipse(w / 2, h * 0.2, w * 0.4, h * 0.09, 0, 0, Math.PI * 2);
  context.fill();
}

/** `cover`: a loaded picture to put on the envelopes, or null for plain ones. */
export function paintSprites(density: number, cover: HTMLImageElement | null): Sprites {
  const [w, h] = [WIDTH_MAX, WIDTH_MAX * ASPECT];
  const envelope = canvasOf(w, h, density);
  paintEnvelope(envelope.context, w, h, cover);
  const spent = canvasOf(w, h, density);
  paintSpent(spent.context, w, h);
  return { envelope: envelope.canvas, spent: spent.canvas };
}

export interface Label {
  picture: HTMLCanvasElement;
  width: number;
  height: number;
}

/** An amount to fly up, painted when it is won rather than in every frame. */
export function paintLabel(text: string, density: number): Label {
  const size = 30;
  const height = size * 1.5;
  const probe = canvasOf(1, 1, 1).context;
  const font = `800 ${size}px system-ui, sans-serif`;
  probe.font = font;
  const width = Math.ceil(probe.measureText(text).width) + 12;
  const { canvas, context } = canvasOf(width, height, density);
  context.font = font;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 6;
  context.lineJoin = 'round';
  context.strokeStyle = '#7d110e';
  context.strokeText(text, width / 2, height / 2);
  context.fillStyle = '#ffe9b8';
  context.fillText(text, width / 2, height / 2);
  return { picture: canvas, width, height };
}
