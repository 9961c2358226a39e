import { ASPECT, BURST_MS, type Envelope, type Field } from './field.js';
import { paintLabel, paintSprites, type Label, type Sprites } from './sprites.js';

/** More pixels than twice the page's are not seen in what moves, and cost as much as all the others. */
const DENSITY_MAX = 2;
const RISE_PX = 110;
/** Above are the round and the button to leave. */
const HEAD_PX = 64;

/** Draws a field: a picture for each envelope, one path for all sparks of a colour, a picture for each amount. */
export class Painter {
  private readonly context: CanvasRenderingContext2D;
  private readonly labels = new Map<number, Label>();
  private readonly density = Math.min(devicePixelRatio || 1, DENSITY_MAX);
  private sprites: Sprites;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly field: Field,
  ) {
    this.context = canvas.getContext('2d')!;
    this.sprites = paintSprites(this.density, null);
  }

  /** Covers are put on once they have come; a broken one never does. */
  useCover(url: string): void {
    const picture = new Image();
    picture.onload = () => (this.sprites = paintSprites(this.density, picture));
    picture.src = url;
  }

  resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    this.canvas.width = Math.round(clientWidth * this.density);
    this.canvas.height = Math.round(clientHeight * this.density);
    this.field.resize(clientWidth, clientHeight);
  }

  label(one: Envelope, text: string): void {
    this.labels.set(one.id, paintLabel(text, this.density));
  }

  draw(): void {
    const { context, density, field, canvas } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (const one of field.envelopes) this.drawEnvelope(one);
    context.globalAlpha = 1;
    context.setTransform(density, 0, 0, density, 0, 0);
    this.drawSparks(true, '#ffd978');
    this.drawSparks(false, '#e2b79c');
    for (const one of field.envelopes) if (one.state === 'won') this.drawLabel(one);
    context.globalAlpha = 1;
    if (field.envelopes.length === 0) this.labels.clear();
  }

  private drawEnvelope(one: Envelope): void {
    const { context, density, field, sprites } = this;
    const age = field.now - one.since;
    let { tilt } = one;
    let scale = density;
    if (one.state === 'held') tilt += Math.sin(age / 28) * 0.14;
    if (one.state === 'won' || one.state === 'empty') {
      const part = Math.min(1, age / (BURST_MS / 2));
      context.globalAlpha = 1 - part;
      scale *= 1 + part * (one.state === 'won' ? 0.6 : -0.25);
    } else {
      context.globalAlpha = 1;
    }
    const [cos, sin] = [Math.cos(tilt) * scale, Math.sin(tilt) * scale];
    context.setTransform(cos, sin, -sin, cos, one.x * density, one.y * density);
    const height = one.size * ASPECT;
    const sprite = one.state === 'empty' ? sprites.spent : sprites.envelope;
    context.drawImage(sprite, -one.size / 2, -height / 2, one.size, height);
  }

  private drawSparks(gold: boolean, colour: string): void {
    const { context } = this;
    context.beginPath();
    for (const spark of this.field.sparks) {
      if (spark.gold === gold) context.rect(spark.x, spark.y, spark.size, spark.size);
    }
    context.fillStyle = colour;
    context.fill();
  }

  private drawLabel(one: Envelope): void {
    const label = this.labels.get(one.id);
    if (!label) return;
    const part = Math.min(1, (this.field.now - one.since) / BURST_MS);
    this.context.globalAlpha = part < 0.6 ? 1 : (1 - part) / 0.4;
    const { width, height, picture } = label;
    // At the edge of a phone an amount would be cut off.
    const wide = this.canvas.clientWidth;
    const x = Math.max(4, Math.min(wide - width - 4, one.x - width / 2));
    const y = Math.max(HEAD_PX, one.y - height - RISE_PX * part);
    this.context.drawImage(picture, x, y, width, height);
  }
}
