/** One envelope that falls; places in CSS pixels, times in milliseconds of the field's own clock. */
export interface Envelope {
  id: number;
  x: number;
  y: number;
  /** Width; the height is ASPECT times that. */
  size: number;
  speed: number;
  tilt: number;
  turn: number;
  sway: number;
  /** `held`: tapped, its answer not there yet. `won` and `empty` burst for a moment. */
  state: 'falling' | 'held' | 'won' | 'empty';
  since: number;
}

/** A piece of what bursts out of an envelope. */
export interface Spark {
  x: number;
  y: number;
  vx: number;
  vy: number;
  size: number;
  gold: boolean;
  until: number;
}

export const ASPECT = 1.32;
/** A phone draws so many sprites in a fraction of a frame; more could not be told apart anyway. */
export const FALLING_MAX = 26;
const SPARKS_MAX = 110;
const SPARKS_WON = 22;
const SPARKS_EMPTY = 8;
export const BURST_MS = 900;
/** A finger covers so much around the point that is reported. */
const REACH_PX = 14;
/** A page that was away does not make up for it in one leap. */
const STEP_MS_MAX = 50;
/** Envelopes for each pixel of width and second. */
const PER_PX_SECOND = 1 / 95;
const PER_SECOND_MAX = 9;
const GRAVITY = 900;

/** The falling envelopes of a rain, without a canvas: where each is, and which of them was hit. */
export class Field {
  readonly envelopes: Envelope[] = [];
  readonly sparks: Spark[] = [];
  now = 0;
  /** False: nothing new falls, what is under way goes on to its end. */
  raining = true;
  private width = 0;
  private height = 0;
  private nextId = 1;
  private untilNext = 0;

  constructor(private readonly random: () => number) {}

  get quiet(): boolean {
    return !this.raining && this.envelopes.length === 0 && this.sparks.length === 0;
  }

  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
  }

  step(elapsedMs: number): void {
    const ms = Math.min(elapsedMs, STEP_MS_MAX);
    this.now += ms;
    this.spawn(ms);
    const seconds = ms / 1_000;
    for (const one of this.envelopes) {
      if (one.state !== 'falling') continue;
      one.y += one.speed * seconds;
      one.x += Math.sin(this.now / 700 + one.sway) * 26 * seconds;
      one.tilt += one.turn * seconds;
    }
    for (const spark of this.sparks) {
      spark.vy += GRAVITY * seconds;
      spark.x += spark.vx * seconds;
      spark.y += spark.vy * seconds;
    }
    keep(this.envelopes, (one) => this.isThere(one));
    keep(this.sparks, ({ until }) => until > this.now);
  }

  /** The one under a finger; of several the nearest to it. */
  at(x: number, y: number): Envelope | null {
    let nearest: Envelope | null = null;
    let least = Infinity;
    for (const one of this.envelopes) {
      if (one.state !== 'falling') continue;
      const dx = Math.abs(x - one.x);
      const dy = Math.abs(y - one.y);
      if (dx > one.size / 2 + REACH_PX || dy > (one.size * ASPECT) / 2 + REACH_PX) continue;
      if (dx + dy >= least) continue;
      least = dx + dy;
      nearest = one;
    }
    return nearest;
  }

  /** For those without a finger: the lowest that is still well in sight. */
  nearest(): Envelope | null {
    let lowest: Envelope | null = null;
    for (const one of this.envelopes) {
      if (one.state !== 'falling' || one.y < one.size || one.y > this.height - one.size / 2) continue;
      if (!lowest || one.y > lowest.y) lowest = one;
    }
    return lowest;
  }

  hold(one: Envelope): void {
    one.state = 'held';
    one.since = this.now;
  }

  burst(one: Envelope, won: boolean): void {
    one.state = won ? 'won' : 'empty';
    one.since = this.now;
    const pieces = Math.min(won ? SPARKS_WON : SPARKS_EMPTY, SPARKS_MAX - this.sparks.length);
    for (let n = 0; n < pieces; n += 1) {
      const angle = this.random() * Math.PI * 2;
      const speed = (won ? 180 : 90) + this.random() * 220;
      const [vx, vy] = [Math.cos(angle) * speed, Math.sin(angle) * speed - 160];
      const size = 3 + this.random() * 4;
      const until = this.now + 500 + this.random() * 450;
      this.sparks.push({ x: one.x, y: one.y, vx, vy, size, gold: won, until });
    }
  }

  private isThere({ state, y, size, since }: Envelope): boolean {
    if (state === 'falling') return y < this.height + size;
    return state === 'held' || this.now - since < BURST_MS;
  }

  private spawn(ms: number): void {
    if (!this.raining || this.width === 0) return;
    this.untilNext -= ms;
    if (this.untilNext > 0 || this.envelopes.length >= FALLING_MAX) return;
    const perSecond = Math.min(PER_SECOND_MAX, Math.max(3, this.width * PER_PX_SECOND));
    this.untilNext = (1_000 / perSecond) * (0.6 + 0.8 * this.random());
    const size = Math.min(76, 50 + this.width * 0.02) * (0.85 + 0.35 * this.random());
    const margin = size * 0.7;
    this.envelopes.push({
      id: this.nextId++,
      x: margin + this.random() * Math.max(0, this.width - 2 * margin),
      y: -size,
      size,
      speed: this.height * (0.26 + 0.2 * this.random()),
      tilt: (this.random() - 0.5) * 0.7,
      turn: (this.random() - 0.5) * 0.9,
      sway: this.random() * 6.3,
      state: 'falling',
      since: this.now,
    });
  }
}

/** In place: no new array for each frame. */
function keep<T>(list: T[], wanted: (one: T) => boolean): void {
  let kept = 0;
  for (const one of list) if (wanted(one)) list[kept++] = one;
  list.length = kept;
}
