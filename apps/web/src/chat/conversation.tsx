import { joinRoom } from '../flows/rooms.js';
import { useText } from '../i18n/index.js';
import { NO_LOG, roomsStore } from '../state/rooms.js';
import { useStore } from '../state/store.js';
import { goToRoom, showDialog } from '../state/ui.js';
import { FailureNote } from '../ui/failure-note.js';
import { BackIcon, PeopleIcon } from '../ui/icons.js';
import { WalletButton } from '../wallet/wallet-button.js';
import { Composer } from './composer.js';
import { Drops } from './drops.js';
import { Timeline } from './timeline.js';

interface Props {
  roomId: string;
  /** The list of rooms stands beside it. */
  wide: boolean;
  /** The people stand beside it. */
  withPeople: boolean;
}

function RoomHeader({ roomId, wide, withPeople }: Props) {
  const t = useText();
  const room = useStore(roomsStore, (state) => (state.logs[roomId] ?? NO_LOG).room);
  const listed = useStore(roomsStore, (state) => state.mine.find((known) => known.roomId === roomId)?.name);
  return (
    <header class="room-head">
      {!wide && (
        <button
          type="button"
          class="icon-button"
          aria-label={t.back}
          data-testid="room-back"
          onClick={() => goToRoom(null)}
        >
          <BackIcon />
        </button>
      )}
      <div class="room-title">
        <h1 class="clip">{room?.name ?? listed ?? t.loading}</h1>
        {room && <p class="hint">{t.people.online(room.online)}</p>}
      </div>
      {!wide && <WalletButton compact />}
      {!withPeople && (
        <button
          type="button"
          class="icon-button"
          aria-label={t.people.heading}
          data-testid="people-open"
          onClick={() => showDialog({ kind: 'people' })}
        >
          <PeopleIcon />
        </button>
      )}
    </header>
  );
}

export function Conversation(props: Props) {
  const { roomId } = props;
  const t = useText();
  const failed = useStore(roomsStore, (state) => (state.logs[roomId] ?? NO_LOG).failed);
  const joined = useStore(roomsStore, (state) => (state.logs[roomId] ?? NO_LOG).room !== null);
  return (
    <main class="conversation">
      <RoomHeader {...props} />
      <Drops />
      {failed && (
        <div class="no-room">
          {failed === 'not_found' ? (
            <p>{t.rooms.notFound}</p>
          ) : (
            <FailureNote code={failed} retry={() => void joinRoom(roomId)} />
          )}
          <button type="button" class="button button-soft" onClick={() => goToRoom(null)}>
            {t.rooms.leave}
          </button>
        </div>
      )}
      {!failed && <Timeline roomId={roomId} />}
      {!failed && <Composer roomId={roomId} ready={joined} />}
    </main>
  );
}
