import type { MemberView } from '@app/contracts';
import { useEffect } from 'preact/hooks';
import { joinRoom } from '../flows/rooms.js';
import { useText } from '../i18n/index.js';
import { NO_LOG, roomsStore } from '../state/rooms.js';
import { myId } from '../state/session.js';
import { useStore } from '../state/store.js';
import { Avatar } from '../ui/avatar.js';
import { CopyField } from '../ui/copy-field.js';
import { FailureNote } from '../ui/failure-note.js';
import { InviteForm } from './invite-form.js';
import { useMembers } from './use-members.js';

/** Names come with joining only, so they are asked for again when the number of those online has changed. */
const NAMES_PAUSE_MS = 15_000;
/** The server names no more than these. */
const NAMES_MAX = 100;

function PersonRow({ userId, name, online }: MemberView & { online: boolean }) {
  const t = useText();
  return (
    <li class="person">
      <Avatar userId={userId} name={name} />
      <span class="clip">{name}</span>
      {userId === myId() && <span class="hint">({t.you})</span>}
      {online && <span class="online-dot" title={t.people.onlineNow} />}
    </li>
  );
}

export function People({ roomId }: { roomId: string }) {
  const t = useText();
  const room = useStore(roomsStore, (state) => (state.logs[roomId] ?? NO_LOG).room);
  const { members, failed, load } = useMembers(roomId);
  const onlineUsers = room?.onlineUsers ?? [];
  const online = room?.online ?? 0;
  useEffect(() => {
    if (Math.min(online, NAMES_MAX) === onlineUsers.length) return;
    const timer = setTimeout(() => void joinRoom(roomId), NAMES_PAUSE_MS * (0.5 + Math.random()));
    return () => clearTimeout(timer);
  }, [online, onlineUsers.length]);
  const here = new Set(onlineUsers.map(({ userId }) => userId));
  const away = (members ?? []).filter(({ userId }) => !here.has(userId));
  const hidden = Math.max(0, online - onlineUsers.length);
  return (
    <div class="stack">
      <section>
        <h3>{t.people.online(online)}</h3>
        <ul class="people" data-testid="online-list">
          {onlineUsers.map((person) => (
            <PersonRow key={person.userId} {...person} online />
          ))}
        </ul>
        {hidden > 0 && <p class="hint">{t.people.andMore(hidden)}</p>}
      </section>
      {failed && <FailureNote code={failed} retry={load} />}
      {away.length > 0 && (
        <section>
          <h3>{t.people.members}</h3>
          <ul class="people">
            {away.map((person) => (
              <PersonRow key={person.userId} {...person} online={false} />
            ))}
          </ul>
        </section>
      )}
      <InviteForm roomId={roomId} invited={load} />
      <CopyField label={t.people.myId} value={myId()} words={t} />
      {room?.open && <CopyField label={t.people.roomLink} value={location.href} words={t} />}
    </div>
  );
}

export function PeoplePanel({ roomId }: { roomId: string }) {
  const t = useText();
  const joined = useStore(roomsStore, (state) => Boolean(state.logs[roomId]?.room));
  if (!joined) return null;
  return (
    <aside class="people-panel" aria-label={t.people.heading}>
      <h2>{t.people.heading}</h2>
      <People roomId={roomId} />
    </aside>
  );
}
