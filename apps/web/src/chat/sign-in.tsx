import { useState } from 'preact/hooks';
import { enter, signIn } from '../flows/session.js';
import { useText } from '../i18n/index.js';
import { failureOf, type FailureCode } from '../net/failure.js';
import { knownPeople, sessionStore, type Person } from '../state/session.js';
import { useStore } from '../state/store.js';
import { Avatar } from '../ui/avatar.js';
import { FailureNote } from '../ui/failure-note.js';
import { LanguageSwitch } from './language-switch.js';

const NAME_CHARS_MAX = 64;
const USER_ID = /^[A-Za-z0-9_.@-]{1,64}$/;

interface AdvancedProps {
  userId: string;
  token: string;
  setUserId: (userId: string) => void;
  setToken: (token: string) => void;
}

function Advanced({ userId, token, setUserId, setToken }: AdvancedProps) {
  const t = useText().signIn;
  return (
    <details class="advanced">
      <summary>{t.advanced}</summary>
      <div class="field">
        <label for="sign-in-id">{t.userId}</label>
        <input
          id="sign-in-id"
          class="input input-mono"
          value={userId}
          maxLength={64}
          autocomplete="username"
          autocapitalize="off"
          spellcheck={false}
          data-testid="sign-in-user-id"
          onInput={(event) => setUserId(event.currentTarget.value)}
        />
        <p class="hint">{t.userIdHint}</p>
      </div>
      <div class="field">
        <label for="sign-in-token">{t.token}</label>
        <input
          id="sign-in-token"
          class="input input-mono"
          value={token}
          autocomplete="off"
          spellcheck={false}
          data-testid="sign-in-token"
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <p class="hint">{t.tokenHint}</p>
      </div>
    </details>
  );
}

interface SignInForm {
  working: boolean;
  problem: string | null;
  failed: FailureCode | null;
  submit: (name: string, userId: string, token: string) => Promise<void>;
}

function useSignIn(): SignInForm {
  const t = useText().signIn;
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [failed, setFailed] = useState<FailureCode | null>(null);
  const submit = async (name: string, userId: string, token: string) => {
    setFailed(null);
    setProblem(null);
    if (!token && !name && !userId) return setProblem(t.nameNeeded);
    if (userId && !USER_ID.test(userId)) return setProblem(t.userIdWrong);
    setWorking(true);
    try {
      await (token ? enter(token) : signIn(name, userId));
    } catch (error) {
      const { code } = failureOf(error);
      // The development sign-in is not there in production: not a fault, but another way in.
      if (!token && code === 'not_found') setProblem(t.notOffered);
      else setFailed(code);
    } finally {
      setWorking(false);
    }
  };
  return { working, problem, failed, submit };
}

function KnownPeople({ pick, disabled }: { pick: (person: Person) => void; disabled: boolean }) {
  const t = useText().signIn;
  const people = knownPeople();
  if (people.length === 0) return null;
  return (
    <div class="known">
      <p class="hint">{t.again}</p>
      <div class="chips">
        {people.map((person) => (
          <button
            key={person.userId}
            type="button"
            class="chip"
            disabled={disabled}
            data-testid="sign-in-known"
            onClick={() => pick(person)}
          >
            <Avatar userId={person.userId} name={person.name} />
            <span class="clip">{person.name}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

export function SignIn() {
  const t = useText();
  const notice = useStore(sessionStore, (state) => state.notice);
  const [name, setName] = useState('');
  const [userId, setUserId] = useState('');
  const [token, setToken] = useState('');
  const form = useSignIn();
  return (
    <main class="sign-in">
      <div class="sign-in-top">
        <LanguageSwitch />
      </div>
      <form
        class="sign-in-card"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void form.submit(name.trim(), userId.trim(), token.trim());
        }}
      >
        <span class="splash-seal" aria-hidden="true">
          開
        </span>
        <h1>{t.brand}</h1>
        <p class="tagline">{t.tagline}</p>
        {notice && (
          <p class="note" role="status">
            {notice === 'expired' ? t.signIn.expired : t.signIn.signedOut}
          </p>
        )}
        <div class="field">
          <label for="sign-in-name">{t.signIn.heading}</label>
          <input
            id="sign-in-name"
            autofocus
            class="input input-large"
            placeholder={t.signIn.placeholder}
            value={name}
            maxLength={NAME_CHARS_MAX}
            autocomplete="nickname"
            data-testid="sign-in-name"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </div>
        {form.problem && (
          <p class="note note-bad" role="alert">
            {form.problem}
          </p>
        )}
        {form.failed && <FailureNote code={form.failed} />}
        <button type="submit" class="button button-gold" disabled={form.working} data-testid="sign-in-submit">
          {form.working ? t.signIn.working : t.signIn.submit}
        </button>
        <KnownPeople
          disabled={form.working}
          pick={(person) => void form.submit(person.name, person.userId, '')}
        />
        <Advanced userId={userId} token={token} setUserId={setUserId} setToken={setToken} />
      </form>
    </main>
  );
}
