import { createStore } from './store.js';

export type Dialog =
  | { kind: 'open'; packetId: string }
  | { kind: 'details'; packetId: string }
  | { kind: 'rain'; dropId: string }
  | { kind: 'send' }
  | { kind: 'wallet' }
  | { kind: 'history' }
  | { kind: 'people' }
  | { kind: 'create-room' };

export interface UiState {
  dialog: Dialog | null;
  /** Read out by a screen reader; the key makes the same words news again. */
  announcement: { text: string; key: number };
  /** `slow`: the first connection takes longer than anyone waits without a word. */
  link: 'connecting' | 'slow' | 'online' | 'lost' | 'gone' | 'restored';
  /** Server time minus this machine's, in milliseconds. */
  clockAheadMs: number;
  roomId: string | null;
}

const ROOM_HASH = /^#\/room\/([0-9a-f-]{36})$/;

export function roomOfHash(hash: string): string | null {
  return ROOM_HASH.exec(hash)?.[1] ?? null;
}

export const uiStore = createStore<UiState>({
  dialog: null,
  announcement: { text: '', key: 0 },
  link: 'connecting',
  clockAheadMs: 0,
  roomId: typeof location === 'undefined' ? null : roomOfHash(location.hash),
});

let opener: Element | null = null;

/** One dialog at a time; the last one to close gives the focus back to what opened the first. */
export function showDialog(dialog: Dialog): void {
  if (!uiStore.get().dialog) opener = document.activeElement;
  uiStore.set({ dialog });
}

export function closeDialog(): void {
  uiStore.set({ dialog: null });
  const back = opener;
  opener = null;
  requestAnimationFrame(() => {
    if (back instanceof HTMLElement && back.isConnected) back.focus();
  });
}

export function announce(text: string): void {
  uiStore.set(({ announcement }) => ({ announcement: { text, key: announcement.key + 1 } }));
}

export function isAway(): boolean {
  const { link } = uiStore.get();
  return link === 'lost' || link === 'gone' || link === 'slow';
}

export function serverNow(): number {
  return Date.now() + uiStore.get().clockAheadMs;
}

/** The room is in the address, so that back, reload and a shared link work. */
export function goToRoom(roomId: string | null): void {
  location.hash = roomId ? `#/room/${roomId}` : '#/';
}
