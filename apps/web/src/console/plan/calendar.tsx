import { useMemo, useState } from 'preact/hooks';
import type { CampaignView, DropView } from '@app/contracts';
import { BackIcon } from '../../ui/icons.js';
import { useMedia } from '../../ui/use-media.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import { hoursShown } from './calendar-layout.js';
import { DayColumn, type ColumnShape } from './day-column.js';
import { addDays, startOfDay, startOfWeek } from './instants.js';
import { useMoves } from './use-moves.js';

export interface CalendarProps {
  campaign: CampaignView;
  drops: DropView[];
  mayEdit: boolean;
  view: 'day' | 'week';
  /** May this drop still move? */
  isMovable: (drop: DropView) => boolean;
  onAdd: (at: number) => void;
  onOpen: (drop: DropView) => void;
  onMove: (drop: DropView, at: number) => Promise<void>;
}

const DAYS = { day: 1, week: 7 };
const STEP_MINUTES = { day: 5, week: 15 };
/** An evening fills the height; a whole day scrolls. */
const HEIGHT = 560;
const HOUR_MIN = 44;
const HOUR_MAX = 150;

function dayToBeginWith({ startsAt, endsAt }: CampaignView): number {
  const now = Date.now();
  return startOfDay(now >= Date.parse(startsAt) && now < Date.parse(endsAt) ? now : Date.parse(startsAt));
}

interface TurnProps {
  days: number[];
  turn: (days: number | null) => void;
  view: 'day' | 'week';
}

function Turn({ days, turn, view }: TurnProps) {
  const words = useWords().calendar;
  const { weekday } = useFigures();
  return (
    <div class="calendar-turn">
      <button
        type="button"
        class="icon-button"
        aria-label={words.before}
        title={words.before}
        onClick={() => turn(-DAYS[view])}
      >
        <BackIcon />
      </button>
      <strong aria-live="polite">
        {weekday(days[0]!)}
        {days.length > 1 && ` – ${weekday(days.at(-1)!)}`}
      </strong>
      <button
        type="button"
        class="icon-button is-flipped"
        aria-label={words.after}
        title={words.after}
        onClick={() => turn(DAYS[view])}
      >
        <BackIcon />
      </button>
      <button type="button" class="link-button" onClick={() => turn(null)}>
        {words.today}
      </button>
    </div>
  );
}

function HourMarks({ shape }: { shape: ColumnShape }) {
  const { from, to } = shape.hours;
  return (
    <div class="calendar-hours" aria-hidden="true" style={{ height: `${(to - from) * shape.hourHeight}px` }}>
      {Array.from({ length: to - from }, (_, n) => (
        <span key={n} style={{ top: `${n * shape.hourHeight}px` }}>
          {String(from + n).padStart(2, '0')}:00
        </span>
      ))}
    </div>
  );
}

/** Drops as blocks over the hours of a day or a week. */
export function Calendar(props: CalendarProps) {
  const { campaign, drops, mayEdit, view } = props;
  const words = useWords().calendar;
  const { weekdayShort } = useFigures();
  const narrow = useMedia('(max-width: 40rem)');
  const [anchor, setAnchor] = useState(() => dayToBeginWith(campaign));
  const first = view === 'day' ? anchor : startOfWeek(anchor);
  const days = useMemo(() => Array.from({ length: DAYS[view] }, (_, n) => addDays(first, n)), [first, view]);
  const [startsAt, endsAt] = [Date.parse(campaign.startsAt), Date.parse(campaign.endsAt)];
  const hours = hoursShown(days, startsAt, endsAt);
  const hourHeight = Math.min(HOUR_MAX, Math.max(HOUR_MIN, HEIGHT / (hours.to - hours.from)));
  const shape: ColumnShape = {
    ...{ hours, hourHeight, startsAt, endsAt, step: STEP_MINUTES[view] },
    compact: view === 'week' || narrow,
  };
  const moves = useMoves(props, shape, days);
  const turn = (by: number | null) => setAnchor(by === null ? dayToBeginWith(campaign) : addDays(anchor, by));
  return (
    <div class="calendar">
      <Turn days={days} turn={turn} view={view} />
      {mayEdit && <p class="hint calendar-hint">{words.hint}</p>}
      <div class="calendar-scroll" data-view={view} tabIndex={0} role="region" aria-label={words.grid}>
        <div class="calendar-grid" data-testid="calendar">
          <HourMarks shape={shape} />
          {days.map((day) => (
            <div key={day} class="calendar-day">
              {view === 'week' && <p class="calendar-day-name">{weekdayShort(day)}</p>}
              <DayColumn {...props} {...{ day, shape, moves, drops }} />
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
