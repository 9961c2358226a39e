import type { RoomView } from '@app/contracts';
import { loadRooms } from '../flows/rooms.js';
import { useText } from '../i18n/index.js';
import { roomsStore } from '../state/rooms.js';
import { useStore } from '../state/store.js';
import { goToRoom, showDialog, uiStore } from '../state/ui.js';
import { Avatar } from '../ui/avatar.js';
import { FailureNote } from '../ui/failure-note.js';
import { PlusIcon } from '../ui/icons.js';

function RoomItem({ room, current }: { room: RoomView; current: boolean }) {
  const t = useText();
  const unread = useStore(roomsStore, (state) => state.unread[room.roomId] ?? 0);
  return (
    <li>
      <button
        type="button"
        class={`room-item${current ? ' is-current' : ''}`}
        aria-current={current ? 'page' : undefined}
        data-testid="room-item"
        data-room-id={room.roomId}
        onClick={() => goToRoom(room.roomId)}
      >
        <Avatar userId={room.roomId} name={room.name} />
        <span class="room-item-text">
          <span class="room-item-name clip">{room.name}</span>
          <span class="hint">
            {t.rooms.members(room.members)}
            {room.open && ` · ${t.rooms.open}`}
          </span>
        </span>
        {unread > 0 && (
          <span class="badge">
            <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
            <span class="visually-hidden">{t.rooms.unread(unread)}</span>
          </span>
        )}
      </button>
    </li>
  );
}

function Skeleton() {
  return (
    <div class="skeleton-rooms" aria-hidden="true">
      {[0, 1, 2].map((n) => (
        <div key={n} class="skeleton" />
      ))}
    </div>
  );
}

export function RoomList() {
  const t = useText();
  const { mine, open, loaded, failed } = useStore(roomsStore, (state) => state);
  const current = useStore(uiStore, (state) => state.roomId);
  const items = (rooms: RoomView[]) =>
    rooms.map((room) => <RoomItem key={room.roomId} room={room} current={room.roomId === current} />);
  return (
    <nav class="rooms" aria-label={t.rooms.heading} data-testid="room-list">
      <div class="rooms-head">
        <h2>{t.rooms.heading}</h2>
        <button
          type="button"
          class="link-button"
          data-testid="create-room"
          onClick={() => showDialog({ kind: 'create-room' })}
        >
          <PlusIcon />
          {t.rooms.create}
        </button>
      </div>
      {failed && <FailureNote code={failed} retry={() => void loadRooms()} />}
      {!loaded && !failed && <Skeleton />}
      {loaded && mine.length === 0 && <p class="hint pad">{t.rooms.none}</p>}
      <ul>{items(mine)}</ul>
      {open.length > 0 && (
        <>
          <h3 class="rooms-sub">{t.rooms.open}</h3>
          <ul>{items(open)}</ul>
        </>
      )}
    </nav>
  );
}
