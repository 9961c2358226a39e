import { uuid } from '../../net/uuid.js';
import { sessionStore, setSession, type Session, type SessionState } from '../../state/session.js';
import { remembered } from '../../state/storage.js';
import { consoleApi } from '../net/console-api.js';
import { setToken, whenUnauthorized } from '../net/request.js';
import { clearTenants } from './tenants.js';

const SESSION_KEY = 'hongbao.session';

function leave(notice: SessionState['notice']): void {
  setToken(null);
  clearTenants();
  if (sessionStore.get().session) setSession(null, notice);
}

/** Takes up the session of this device, which the chat page shares; what happens to it there happens here too. */
export function resume(): void {
  whenUnauthorized(() => leave('expired'));
  setToken(sessionStore.get().session?.token ?? null);
  addEventListener('storage', ({ key }) => {
    if (key !== SESSION_KEY && key !== null) return;
    const session = remembered<Session>('session');
    if (session?.token === sessionStore.get().session?.token) return;
    setToken(session?.token ?? null);
    clearTenants();
    sessionStore.set({ session, notice: session ? null : 'signed_out' });
  });
}

/** With a token that the host app made. Throws a Failure. */
export async function enter(token: string): Promise<void> {
  setToken(token);
  try {
    const { userId, name } = await consoleApi.me();
    clearTenants();
    setSession({ userId, name: name || userId, token });
  } catch (error) {
    setToken(null);
    throw error;
  }
}

/** A new person gets an id of their own unless they name one that exists. Throws a Failure. */
export async function signIn(name: string, userId: string): Promise<void> {
  const id = userId || `u_${uuid().replaceAll('-', '').slice(0, 16)}`;
  const { token } = await consoleApi.devToken(id, name || undefined);
  await enter(token);
}

export function signOut(): void {
  leave('signed_out');
}
