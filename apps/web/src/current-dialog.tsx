import type { ComponentChildren } from 'preact';
import { rainChunk, shakeChunk, sheetsChunk } from './chunks.js';
import { useText } from './i18n/index.js';
import { OpenOverlay } from './packet/open-overlay.js';
import { packetsStore } from './state/packets.js';
import { useStore } from './state/store.js';
import type { Dialog } from './state/ui.js';
import { FailureNote } from './ui/failure-note.js';
import { Sheet } from './ui/sheet.js';
import { useChunk, type Chunk } from './ui/use-chunk.js';

interface FetchedProps<T> {
  from: Chunk<T>;
  children: (part: T) => ComponentChildren;
}

/** Shows nothing for the moment that fetching takes, and says so when it failed. */
function Fetched<T>({ from, children }: FetchedProps<T>) {
  const t = useText();
  const { part, failed, load } = useChunk(from);
  if (part) return <>{children(part)}</>;
  if (!failed) return null;
  return (
    <Sheet title={t.brand}>
      <FailureNote code="offline" retry={load} />
    </Sheet>
  );
}

type SheetDialog = Exclude<Dialog, { kind: 'open' | 'rain' }>;

function CurrentSheet({ dialog, roomId }: { dialog: SheetDialog; roomId: string | null }) {
  return (
    <Fetched from={sheetsChunk}>
      {({ CreateRoomSheet, DetailsSheet, HistorySheet, PeopleSheet, SendSheet, WalletSheet }) => {
        switch (dialog.kind) {
          case 'details':
            return <DetailsSheet packetId={dialog.packetId} />;
          case 'send':
            return roomId && <SendSheet roomId={roomId} />;
          case 'people':
            return roomId && <PeopleSheet roomId={roomId} />;
          case 'wallet':
            return <WalletSheet />;
          case 'history':
            return <HistorySheet />;
          case 'create-room':
            return <CreateRoomSheet />;
        }
      }}
    </Fetched>
  );
}

function OpenDialog({ packetId }: { packetId: string }) {
  const shaken = useStore(packetsStore, ({ byId }) => Boolean(byId[packetId]?.shake));
  if (!shaken) return <OpenOverlay packetId={packetId} />;
  return <Fetched from={shakeChunk}>{({ ShakeOverlay }) => <ShakeOverlay packetId={packetId} />}</Fetched>;
}

export function CurrentDialog({ dialog, roomId }: { dialog: Dialog; roomId: string | null }) {
  switch (dialog.kind) {
    case 'open':
      return <OpenDialog key={dialog.packetId} packetId={dialog.packetId} />;
    case 'rain':
      return (
        <Fetched key={dialog.dropId} from={rainChunk}>
          {({ RainOverlay }) => <RainOverlay dropId={dialog.dropId} />}
        </Fetched>
      );
    default:
      return <CurrentSheet key={dialog.kind} dialog={dialog} roomId={roomId} />;
  }
}
