import { useState } from 'preact/hooks';
import { switchLanguage, useText } from '../../i18n/index.js';
import { failureOf, type Failure } from '../../net/failure.js';
import { knownPeople, sessionStore } from '../../state/session.js';
import { useStore } from '../../state/store.js';
import { Avatar } from '../../ui/avatar.js';
import { USER_ID } from '../plan/limits.js';
import { enter, signIn } from '../state/session.js';
import { FailureNote } from '../ui/notes.js';
import { useWords } from '../words/index.js';

interface Typed {
  name: string;
  userId: string;
  token: string;
}

function useSignIn() {
  const words = useWords().signIn;
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [failed, setFailed] = useState<Failure | null>(null);
  const [tokenOnly, setTokenOnly] = useState(false);
  const submit = async ({ name, userId, token }: Typed) => {
    setFailed(null);
    setProblem(null);
    if (!token && !name && !userId) return setProblem(tokenOnly ? words.tokenNeeded : words.nameNeeded);
    if (userId && !USER_ID.test(userId)) return setProblem(words.userIdWrong);
    setWorking(true);
    try {
      await (token ? enter(token) : signIn(name, userId));
    } catch (error) {
      const failure = failureOf(error);
      // The development sign-in is not there in production: not a fault, but another way in.
      if (!token && failure.code === 'not_found') {
        setTokenOnly(true);
        setProblem(words.tokenNeeded);
      } else setFailed(failure);
    } finally {
      setWorking(false);
    }
  };
  return { working, problem, failed, tokenOnly, submit };
}

interface OtherWaysProps {
  typed: Typed;
  change: (part: Partial<Typed>) => void;
  open: boolean;
}

function OtherWays({ typed, change, open }: OtherWaysProps) {
  const words = useWords().signIn;
  return (
    <details class="advanced" open={open}>
      <summary>{words.advanced}</summary>
      <div class="field">
        <label for="sign-in-id">{words.userId}</label>
        <input
          id="sign-in-id"
          class="input input-mono"
          maxLength={64}
          autocomplete="username"
          autocapitalize="off"
          spellcheck={false}
          data-testid="sign-in-user-id"
          value={typed.userId}
          onInput={(event) => change({ userId: event.currentTarget.value })}
        />
        <p class="hint">{words.userIdHint}</p>
      </div>
      <div class="field">
        <label for="sign-in-token">{words.token}</label>
        <input
          id="sign-in-token"
          class="input input-mono"
          autocomplete="off"
          spellcheck={false}
          data-testid="sign-in-token"
          value={typed.token}
          onInput={(event) => change({ token: event.currentTarget.value })}
        />
        <p class="hint">{words.tokenHint}</p>
      </div>
    </details>
  );
}

function KnownPeople({ pick, disabled }: { pick: (typed: Typed) => void; disabled: boolean }) {
  const words = useWords().signIn;
  const people = knownPeople();
  if (people.length === 0) return null;
  return (
    <div class="known">
      <p class="hint">{words.again}</p>
      <div class="chips">
        {people.map(({ userId, name }) => (
          <button
            key={userId}
            type="button"
            class="chip"
            disabled={disabled}
            data-testid="sign-in-known"
            onClick={() => pick({ name, userId, token: '' })}
          >
            <Avatar userId={userId} name={name} />
            <span class="clip">{name}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

export function SignIn() {
  const words = useWords();
  const text = useText();
  const notice = useStore(sessionStore, (state) => state.notice);
  const [typed, setTyped] = useState<Typed>({ name: '', userId: '', token: '' });
  const { working, problem, failed, tokenOnly, submit } = useSignIn();
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  return (
    <main class="sign-in">
      <div class="sign-in-top">
        <button type="button" class="link-button" aria-label={text.switchLanguage} onClick={switchLanguage}>
          {text.otherLanguage}
        </button>
      </div>
      <form
        class="sign-in-card"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit({ name: typed.name.trim(), userId: typed.userId.trim(), token: typed.token.trim() });
        }}
      >
        <span class="splash-seal" aria-hidden="true">
          開
        </span>
        <h1>{words.signIn.heading}</h1>
        <p class="tagline">{words.signIn.tagline}</p>
        {notice && (
          <p class="note" role="status">
            {notice === 'expired' ? words.signIn.expired : words.signIn.signedOut}
          </p>
        )}
        <div class="field">
          <label for="sign-in-name">{words.signIn.name}</label>
          <input
            id="sign-in-name"
            autofocus
            class="input input-large"
            placeholder={words.signIn.placeholder}
            maxLength={64}
            autocomplete="nickname"
            data-testid="sign-in-name"
            value={typed.name}
            onInput={(event) => change({ name: event.currentTarget.value })}
          />
        </div>
        {problem && (
          <p class="note note-bad" role="alert">
            {problem}
          </p>
        )}
        {failed && <FailureNote failure={failed} />}
        <button type="submit" class="button button-gold" disabled={working} data-testid="sign-in-submit">
          {working ? words.signIn.working : words.signIn.submit}
        </button>
        <KnownPeople disabled={working} pick={(person) => void submit(person)} />
        <OtherWays typed={typed} change={change} open={tokenOnly} />
      </form>
    </main>
  );
}
