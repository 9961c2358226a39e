import { api } from '../net/api.js';
import { setToken, whenUnauthorized } from '../net/http.js';
import { clearRooms } from '../state/rooms.js';
import { resetPackets } from '../state/packets.js';
import { sessionStore, setSession, type Session } from '../state/session.js';
import { closeDialog, goToRoom, uiStore } from '../state/ui.js';
import { clearWallet } from '../state/wallet.js';
import { uuid } from '../net/uuid.js';
import { startLink, stopLink } from './link.js';
import { landInRoom } from './rooms.js';
import { loadWallet } from './wallet.js';

function start(session: Session): void {
  setToken(session.token);
  resetPackets(session.userId);
  startLink(session.token, () => leave('expired'));
  void landInRoom();
  void loadWallet();
}

function leave(notice: 'expired' | 'signed_out'): void {
  if (!sessionStore.get().session) return;
  stopLink();
  setToken(null);
  setSession(null, notice);
  clearRooms();
  clearWallet();
  resetPackets(null);
  if (uiStore.get().dialog) closeDialog();
}

/** Takes up the session that this device remembers, if any. */
export function resume(): void {
  whenUnauthorized(() => leave('expired'));
  const { session } = sessionStore.get();
  if (session) start(session);
}

/** A new person gets an id of their own unless they name one that exists. Throws a Failure. */
export async function signIn(name: string, userId?: string): Promise<void> {
  const id = userId || `u_${uuid().replaceAll('-', '').slice(0, 16)}`;
  const { token } = await api.devToken(id, name || undefined);
  await enter(token);
}

/** With a token that the host app made. Throws a Failure. */
export async function enter(token: string): Promise<void> {
  setToken(token);
  try {
    const { userId, name } = await api.me();
    const session = { userId, name: name || userId, token };
    setSession(session);
    start(session);
  } catch (error) {
    setToken(null);
    throw error;
  }
}

export function signOut(): void {
  leave('signed_out');
  goToRoom(null);
}
