import { useEffect } from 'preact/hooks';
import { Conversation } from './chat/conversation.js';
import { NoRoom } from './chat/no-room.js';
import { PeoplePanel } from './chat/people.js';
import { Sidebar } from './chat/sidebar.js';
import { SignIn } from './chat/sign-in.js';
import { sheetsChunk } from './chunks.js';
import { CurrentDialog } from './current-dialog.js';
import { enterRoom } from './flows/rooms.js';
import { sessionStore } from './state/session.js';
import { useStore } from './state/store.js';
import { uiStore } from './state/ui.js';
import { ConnectionBanner } from './ui/connection-banner.js';
import { LiveRegion } from './ui/live-region.js';
import { fetchSoon } from './ui/use-chunk.js';
import { useMedia } from './ui/use-media.js';

const WIDE = '(min-width: 48rem)';
const VERY_WIDE = '(min-width: 75rem)';

function Chat() {
  const roomId = useStore(uiStore, (state) => state.roomId);
  const dialog = useStore(uiStore, (state) => state.dialog);
  const wide = useMedia(WIDE);
  const veryWide = useMedia(VERY_WIDE);
  useEffect(() => fetchSoon(sheetsChunk), []);
  useEffect(() => {
    if (roomId) enterRoom(roomId);
  }, [roomId]);
  const main = roomId ? (
    <Conversation key={roomId} roomId={roomId} wide={wide} withPeople={veryWide} />
  ) : (
    <NoRoom />
  );
  return (
    <div class="shell">
      <ConnectionBanner />
      <div class="columns">
        {(wide || !roomId) && <Sidebar withDrops={!wide} />}
        {(wide || roomId) && main}
        {veryWide && roomId && <PeoplePanel key={roomId} roomId={roomId} />}
      </div>
      {dialog && <CurrentDialog dialog={dialog} roomId={roomId} />}
      <LiveRegion />
    </div>
  );
}

export function App() {
  const signedIn = useStore(sessionStore, ({ session }) => session !== null);
  return signedIn ? <Chat /> : <SignIn />;
}
