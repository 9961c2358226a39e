import { useEffect, useRef, useState } from 'preact/hooks';
import type { DropView } from '@app/contracts';
import { announce } from '../../state/ui.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import type { CalendarProps } from './calendar.js';
import { instantAt, keepWithin, minuteOf } from './calendar-layout.js';
import type { ColumnShape } from './day-column.js';
import { addDays, startOfDay } from './instants.js';

const MOVED_AFTER_PX = 4;
/** Several presses of an arrow key are one move. */
const KEYS_REST_MS = 700;

/** Where drops stand that are being moved; the others stand where they are planned. */
export interface Moves {
  at: (drop: DropView) => number;
  isMoving: (drop: DropView) => boolean;
  /** True while and just after a drag, so that its end is not taken for a click. */
  wasDragged: () => boolean;
  grab: (drop: DropView, event: PointerEvent) => void;
  press: (drop: DropView, event: KeyboardEvent) => void;
}

interface Moving {
  drop: DropView;
  at: number;
}

/** Moving by drag and by arrow keys, within the campaign; what is moved is saved when it comes to rest. */
export function useMoves(
  { campaign, isMovable, onMove }: CalendarProps,
  shape: ColumnShape,
  days: number[],
): Moves {
  const words = useWords().calendar;
  const { instant } = useFigures();
  const [moving, setMoving] = useState<Moving | null>(null);
  const latest = useRef<Moving | null>(null);
  const dragged = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [startsAt, endsAt] = [Date.parse(campaign.startsAt), Date.parse(campaign.endsAt) - 1_000];
  const show = (next: Moving | null) => {
    latest.current = next;
    setMoving(next);
  };
  const settle = async () => {
    clearTimeout(timer.current);
    const done = latest.current;
    if (!done) return;
    if (done.at !== Date.parse(done.drop.opensAt)) {
      await onMove(done.drop, done.at);
      announce(words.moved(instant(done.at)));
    }
    if (latest.current === done) show(null);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const placeOf = (drop: DropView) =>
    latest.current?.drop.dropId === drop.dropId ? latest.current.at : Date.parse(drop.opensAt);
  const grab = (drop: DropView, event: PointerEvent) => {
    dragged.current = false;
    if (!isMovable(drop) || event.button !== 0) return;
    follow(
      event,
      (dx, dy, columnWidth) => {
        dragged.current = true;
        const from = Date.parse(drop.opensAt);
        const minute = minuteOf(from) + (dy / shape.hourHeight) * 60;
        const day = addDays(startOfDay(from), days.length > 1 ? Math.round(dx / columnWidth) : 0);
        show({ drop, at: keepWithin(instantAt(day, minute, shape.step), startsAt, endsAt) });
      },
      () => void settle(),
    );
  };
  const press = (drop: DropView, event: KeyboardEvent) => {
    const by = stepOf(event, days.length > 1);
    if (!by || !isMovable(drop)) return;
    event.preventDefault();
    const at = new Date(placeOf(drop));
    at.setMinutes(at.getMinutes() + by.minutes);
    at.setDate(at.getDate() + by.days);
    show({ drop, at: keepWithin(at.getTime(), startsAt, endsAt) });
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void settle(), KEYS_REST_MS);
  };
  return {
    at: (drop) => (moving?.drop.dropId === drop.dropId ? moving.at : Date.parse(drop.opensAt)),
    isMoving: (drop) => moving?.drop.dropId === drop.dropId,
    wasDragged: () => dragged.current,
    grab,
    press,
  };
}

function stepOf(
  { key, shiftKey }: KeyboardEvent,
  sideways: boolean,
): { minutes: number; days: number } | null {
  const minutes = shiftKey ? 1 : 5;
  if (key === 'ArrowUp') return { minutes: -minutes, days: 0 };
  if (key === 'ArrowDown') return { minutes, days: 0 };
  if (key === 'ArrowLeft' && sideways) return { minutes: 0, days: -1 };
  if (key === 'ArrowRight' && sideways) return { minutes: 0, days: 1 };
  return null;
}

/** Follows a pointer from a press to its release; moves of a few pixels are a click that shook. */
function follow(
  event: PointerEvent,
  move: (dx: number, dy: number, columnWidth: number) => void,
  end: () => void,
): void {
  const block = event.currentTarget as HTMLElement;
  const columnWidth = block.parentElement?.clientWidth ?? 1;
  const [x, y] = [event.clientX, event.clientY];
  let begun = false;
  const onMove = (moved: PointerEvent) => {
    const [dx, dy] = [moved.clientX - x, moved.clientY - y];
    begun ||= Math.hypot(dx, dy) > MOVED_AFTER_PX;
    if (begun) move(dx, dy, columnWidth);
  };
  const stop = () => {
    block.removeEventListener('pointermove', onMove);
    block.removeEventListener('pointerup', stop);
    block.removeEventListener('pointercancel', stop);
    if (begun) end();
  };
  block.setPointerCapture(event.pointerId);
  block.addEventListener('pointermove', onMove);
  block.addEventListener('pointerup', stop);
  block.addEventListener('pointercancel', stop);
}
