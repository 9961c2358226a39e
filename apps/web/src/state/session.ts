import { createStore } from './store.js';
import { remember, remembered } from './storage.js';

export interface Person {
  userId: string;
  name: string;
}

export interface Session extends Person {
  token: string;
}

export interface SessionState {
  session: Session | null;
  /** Why a person finds themselves at the sign-in. */
  notice: 'expired' | 'signed_out' | null;
}

const PEOPLE_MAX = 5;

export const sessionStore = createStore<SessionState>({
  session: remembered<Session>('session'),
  notice: null,
});

export function setSession(session: Session | null, notice: SessionState['notice'] = null): void {
  remember('session', session);
  if (session) rememberPerson({ userId: session.userId, name: session.name });
  sessionStore.set({ session, notice });
}

export function myId(): string {
  return sessionStore.get().session?.userId ?? '';
}

/** For what is kept beside the stores that signing out clears: the next person on this page starts afresh. */
export function whenPersonChanges(forget: () => void): void {
  let before = myId();
  sessionStore.subscribe(() => {
    if (myId() === before) return;
    before = myId();
    forget();
  });
}

/** Who signed in on this device before, the latest first: signing out must not cost anyone their wallet. */
export function knownPeople(): Person[] {
  return remembered<Person[]>('people') ?? [];
}

function rememberPerson(person: Person): void {
  const others = knownPeople().filter(({ userId }) => userId !== person.userId);
  remember('people', [person, ...others].slice(0, PEOPLE_MAX));
}
