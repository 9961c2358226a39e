import { useEffect, useRef } from 'preact/hooks';
import { useDropText } from '../i18n/drops.js';
import { Field, type Envelope } from './field.js';
import type { Catch } from './lanes.js';
import { Painter } from './painter.js';

interface Props {
  /** False: nothing new falls, and nothing can be caught. */
  raining: boolean;
  coverUrl: string | undefined;
  /** Asks for what is in an envelope that was tapped. */
  take: () => Promise<Catch>;
  amountText: (amount: number) => string;
}

interface Scene {
  field: Field;
  painter: Painter;
  /** Goes on while something moves and somebody can see it. */
  run: () => void;
  stop: () => void;
}

function makeScene(canvas: HTMLCanvasElement): Scene {
  const field = new Field(Math.random);
  const painter = new Painter(canvas, field);
  let frame = 0;
  let before = 0;
  const tick = (now: number) => {
    field.step(before === 0 ? 16 : now - before);
    before = now;
    painter.draw();
    frame = field.quiet ? 0 : requestAnimationFrame(tick);
  };
  const run = () => {
    cancelAnimationFrame(frame);
    before = 0;
    frame = document.hidden || field.quiet ? 0 : requestAnimationFrame(tick);
  };
  const observer = new ResizeObserver(() => painter.resize());
  observer.observe(canvas);
  document.addEventListener('visibilitychange', run);
  field.raining = false;
  painter.resize();
  const stop = () => {
    observer.disconnect();
    document.removeEventListener('visibilitychange', run);
    cancelAnimationFrame(frame);
  };
  return { field, painter, run, stop };
}

function useScene(coverUrl: string | undefined, raining: boolean) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scene = useRef<Scene | null>(null);
  useEffect(() => {
    const made = makeScene(canvas.current!);
    if (coverUrl) made.painter.useCover(coverUrl);
    scene.current = made;
    return () => {
      scene.current = null;
      made.stop();
    };
  }, []);
  useEffect(() => {
    if (!scene.current) return;
    scene.current.field.raining = raining;
    scene.current.run();
    if (raining) canvas.current?.focus({ preventScroll: true });
  }, [raining]);
  return { canvas, scene };
}

/** Wherever the focus is in the rain, other than on a button of its own. */
function useKeyboard(raining: boolean, press: () => void): void {
  const latest = useRef(press);
  latest.current = press;
  useEffect(() => {
    if (!raining) return;
    const hear = (event: KeyboardEvent) => {
      if ((event.key !== ' ' && event.key !== 'Enter') || event.target instanceof HTMLButtonElement) return;
      event.preventDefault();
      // A key that is held down is no more than one catch.
      if (!event.repeat) latest.current();
    };
    document.addEventListener('keydown', hear);
    return () => document.removeEventListener('keydown', hear);
  }, [raining]);
}

/** Mounted before the first round, so that nothing has to be painted in the second in which it begins. */
export function RainCanvas({ raining, coverUrl, take, amountText }: Props) {
  const t = useDropText().rain;
  const { canvas, scene } = useScene(coverUrl, raining);
  const open = async (one: Envelope | null | undefined) => {
    if (!one || !raining) return;
    scene.current?.field.hold(one);
    const caught = await take();
    // The rain may have been left meanwhile.
    if (!scene.current) return;
    const { field, painter } = scene.current;
    if (caught.kind === 'won') painter.label(one, amountText(caught.amount));
    else navigator.vibrate?.(20);
    field.burst(one, caught.kind === 'won');
  };
  const nearest = () => void open(scene.current?.field.nearest());
  useKeyboard(raining, nearest);
  return (
    <canvas
      ref={canvas}
      class="rain-canvas"
      tabIndex={raining ? 0 : -1}
      role="button"
      aria-label={t.field}
      aria-disabled={!raining}
      data-autofocus={raining ? '' : undefined}
      data-testid="rain-canvas"
      onPointerDown={(event) => void open(scene.current?.field.at(event.offsetX, event.offsetY))}
      // A screen reader presses without a place; a finger was heard above.
      onClick={(event) => event.detail === 0 && nearest()}
    />
  );
}
