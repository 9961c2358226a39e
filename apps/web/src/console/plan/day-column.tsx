import { useEffect, useState } from 'preact/hooks';
import type { DropView } from '@app/contracts';
import { RainIcon, ShakeIcon } from '../ui/icons.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import type { CalendarProps } from './calendar.js';
import {
  entriesOfDay,
  instantAt,
  minuteOf,
  placeEntries,
  windowOf,
  type Hours,
  type Placed,
} from './calendar-layout.js';
import { dropTitle, extrasOf } from './drop-words.js';
import { startOfDay } from './instants.js';
import type { Moves } from './use-moves.js';

export interface ColumnShape {
  hours: Hours;
  /** Pixels. */
  hourHeight: number;
  startsAt: number;
  endsAt: number;
  /** To which a click or a drag is rounded, in minutes. */
  step: number;
  compact: boolean;
}

interface ColumnProps extends CalendarProps {
  day: number;
  shape: ColumnShape;
  moves: Moves;
}

const HEAD_PX = { full: 46, compact: 25 };
const NOW_EVERY_MS = 30_000;

type DropEntry = { id: string; at: number; drop: DropView };

function NowLine({ day, top }: { day: number; top: (minute: number) => number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), NOW_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  if (startOfDay(now) !== day) return null;
  return <span class="calendar-now" style={{ top: `${top(minuteOf(now))}px` }} />;
}

interface BlockProps extends Pick<ColumnProps, 'campaign' | 'onOpen' | 'isMovable' | 'moves' | 'shape'> {
  placed: Placed<DropEntry>;
  top: number;
}

function Block({ placed, top, campaign, onOpen, isMovable, moves, shape }: BlockProps) {
  const words = useWords();
  const figures = useFigures();
  const { drop, at } = placed.entry;
  const shown = { ...drop, opensAt: new Date(at).toISOString() };
  const movable = isMovable(drop);
  const moving = moves.isMoving(drop);
  const width = 100 / placed.lanes;
  const tail = Math.min((drop.expiresInSeconds / 3_600) * shape.hourHeight, 400);
  const title = dropTitle(shown, campaign.currency, words, figures);
  return (
    <>
      {!shape.compact && !drop.rain && (
        <span
          class="block-tail"
          aria-hidden="true"
          style={{ top: `${top}px`, height: `${tail}px`, left: `${placed.lane * width}%` }}
        />
      )}
      <button
        type="button"
        class={`block block-${drop.state}${moving ? ' is-moving' : ''}${movable ? ' is-movable' : ''}`}
        style={{ top: `${top}px`, left: `${placed.lane * width}%`, width: `calc(${width}% - 4px)` }}
        title={movable ? title : `${title}\n${words.calendar.fixed}`}
        aria-label={title}
        data-testid="drop-block"
        data-drop={drop.dropId}
        onPointerDown={(event) => moves.grab(drop, event)}
        onKeyDown={(event) => moves.press(drop, event)}
        onClick={(event) => {
          event.stopPropagation();
          if (!moves.wasDragged()) onOpen(drop);
        }}
      >
        <span class="block-time">
          {figures.time(at)}
          {drop.rain && <RainIcon />}
          {drop.shake && <ShakeIcon />}
        </span>
        <span class="block-sum">
          {figures.money(drop.packet.amount, campaign.currency)} / {figures.count(drop.packet.count)}
        </span>
        {!shape.compact && <span class="block-extras">{extrasOf(drop, words).join(' · ')}</span>}
      </button>
    </>
  );
}

/** One day: the campaign's hours bright, a click on them adds a drop. */
export function DayColumn(props: ColumnProps) {
  const { drops, day, shape, moves, mayEdit, onAdd } = props;
  const words = useWords().calendar;
  const { time } = useFigures();
  const [over, setOver] = useState<number | null>(null);
  const { hours, hourHeight, startsAt, endsAt, step } = shape;
  const top = (minute: number) => ((minute - hours.from * 60) / 60) * hourHeight;
  const open = windowOf(day, startsAt, endsAt);
  const height = (hours.to - hours.from) * hourHeight;
  const headMinutes = ((shape.compact ? HEAD_PX.compact : HEAD_PX.full) / hourHeight) * 60;
  const entries: DropEntry[] = drops.map((drop) => ({ id: drop.dropId, at: moves.at(drop), drop }));
  const atPointer = (event: MouseEvent): number | null => {
    const { top: edge } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const at = instantAt(day, hours.from * 60 + ((event.clientY - edge) / hourHeight) * 60, step);
    return at >= startsAt && at < endsAt ? at : null;
  };
  // The buttons beside the calendar do the same for the keyboard.
  return (
    <div
      class={`calendar-column${mayEdit ? ' may-add' : ''}`}
      style={{ height: `${height}px`, backgroundSize: `100% ${hourHeight}px` }}
      data-testid="calendar-column"
      onMouseMove={(event) =>
        setOver(mayEdit && event.target === event.currentTarget ? atPointer(event) : null)
      }
      onMouseLeave={() => setOver(null)}
      onClick={(event) => {
        const at = event.target === event.currentTarget ? atPointer(event) : null;
        if (mayEdit && at !== null) onAdd(at);
      }}
    >
      {open && <span class="calendar-shut" style={{ top: 0, height: `${Math.max(0, top(open.from))}px` }} />}
      <span
        class="calendar-shut"
        style={{
          top: `${open ? Math.max(0, top(open.to)) : 0}px`,
          bottom: 0,
          ...(open && top(open.to) >= height ? { display: 'none' } : {}),
        }}
      />
      <NowLine day={day} top={top} />
      {over !== null && (
        <span class="calendar-over" style={{ top: `${top(minuteOf(over))}px` }}>
          + {words.addAt(time(over))}
        </span>
      )}
      {placeEntries(entriesOfDay(entries, day), headMinutes).map((placed) => (
        <Block key={placed.entry.id} placed={placed} top={top(placed.minute)} {...props} />
      ))}
    </div>
  );
}
