import { useEffect, useState } from 'preact/hooks';
import { useText } from './i18n/index.js';
import { OpenOverlay } from './packet/open-overlay.js';
import { isAway, type Dialog } from './state/ui.js';
import { FailureNote } from './ui/failure-note.js';
import { Sheet } from './ui/sheet.js';

type Sheets = typeof import('./sheets.js');

const IDLE_MS = 300;

let loaded: Sheets | null = null;

async function loadSheets(): Promise<Sheets> {
  loaded ??= await import('./sheets.js');
  return loaded;
}

/** So that a sheet opens at once, and also when the server has gone away meanwhile. */
export function fetchSheetsSoon(): void {
  setTimeout(() => void loadSheets().catch(() => null), IDLE_MS);
}

function useSheets(): { sheets: Sheets | null; failed: boolean; load: () => void } {
  const [sheets, setSheets] = useState(loaded);
  const [failed, setFailed] = useState(false);
  const load = () => {
    setFailed(false);
    loadSheets().then(setSheets, () => {
      // Some browsers remember for good that a module could not be fetched; only a new page helps them.
      if (failed && !isAway()) location.reload();
      setFailed(true);
    });
  };
  useEffect(() => {
    if (!sheets) load();
  }, []);
  return { sheets, failed, load };
}

function CurrentSheet({ dialog, roomId }: { dialog: Dialog; roomId: string | null }) {
  const t = useText();
  const { sheets, failed, load } = useSheets();
  if (failed) {
    return (
      <Sheet title={t.brand}>
        <FailureNote code="offline" retry={load} />
      </Sheet>
    );
  }
  if (!sheets) return null;
  const { CreateRoomSheet, DetailsSheet, HistorySheet, PeopleSheet, SendSheet, WalletSheet } = sheets;
  switch (dialog.kind) {
    case 'details':
      return <DetailsSheet packetId={dialog.packetId} />;
    case 'send':
      return roomId ? <SendSheet roomId={roomId} /> : null;
    case 'people':
      return roomId ? <PeopleSheet roomId={roomId} /> : null;
    case 'wallet':
      return <WalletSheet />;
    case 'history':
      return <HistorySheet />;
    case 'create-room':
      return <CreateRoomSheet />;
    case 'open':
      return null;
  }
}

export function CurrentDialog({ dialog, roomId }: { dialog: Dialog; roomId: string | null }) {
  if (dialog.kind === 'open') return <OpenOverlay key={dialog.packetId} packetId={dialog.packetId} />;
  return <CurrentSheet key={dialog.kind} dialog={dialog} roomId={roomId} />;
}
