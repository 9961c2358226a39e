import { createContext, type ComponentChildren } from 'preact';
import { useContext, useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Failure } from '../../net/failure.js';
import type { Problems } from '../plan/check-value.js';
import { useWords } from '../words/index.js';

interface FormState {
  problems: Problems;
  /** What the server refused, by field, until it is changed. */
  refused: Problems;
  /** All problems are shown, not only those of fields that were left. */
  forced: boolean;
  /** Why a field can't change any more; null: it can. */
  locked: (path: string) => string | null;
  known: Set<string>;
  /** Counts the fillings: a form that begins anew has been touched nowhere. */
  round: number;
}

const nothingLocked = () => null;
const FormContext = createContext<FormState>({
  ...{ problems: {}, refused: {}, forced: false, locked: nothingLocked, known: new Set(), round: 0 },
});

export interface Form {
  state: FormState;
  /** True when nothing is wrong; else everything that is wrong is shown and the first of it has the focus. */
  check: () => boolean;
  /** Takes what the server refused; gives what belongs to no field on the page. */
  refuse: (failure: Failure, pathOfCode?: Partial<Record<string, string>>) => void;
  touched: () => void;
  /** For the next filling. */
  reset: () => void;
  leftOver: { path: string; message: string }[];
}

/** The state of one form: its problems by field, here and from the server. */
export function useForm(problems: Problems, locked: (path: string) => string | null = nothingLocked): Form {
  const words = useWords();
  const [forced, setForced] = useState(false);
  const [refused, setRefused] = useState<Problems>({});
  const [leftOver, setLeftOver] = useState<Form['leftOver']>([]);
  const known = useRef(new Set<string>());
  const [shown, setShown] = useState(0);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const around = document.querySelector('dialog[open]') ?? document;
    if (shown > 0) around.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [shown]);
  const show = () => setShown((times) => times + 1);
  return {
    state: { problems, refused, forced, locked, known: known.current, round },
    leftOver,
    check() {
      setForced(true);
      const wrong = Object.keys(problems).some((path) => !locked(path));
      if (wrong) show();
      return !wrong;
    },
    refuse({ code, issues }, pathOfCode = {}) {
      const said = issues.map(({ path, message }) => ({ path, message: words.issues[message] ?? message }));
      const all: Problems = Object.fromEntries(said.map(({ path, message }) => [path, message]));
      const path = pathOfCode[code];
      if (path && issues.length === 0) all[path] = words.errors[code];
      setRefused(all);
      setLeftOver(said.filter((issue) => !known.current.has(issue.path)));
      show();
    },
    touched() {
      setRefused({});
      setLeftOver([]);
    },
    reset() {
      setRefused({});
      setLeftOver([]);
      setForced(false);
      setRound((times) => times + 1);
    },
  };
}

export function FormScope({ form, children }: { form: Form; children: ComponentChildren }) {
  return <FormContext.Provider value={form.state}>{children}</FormContext.Provider>;
}

export interface FieldState {
  id: string;
  problem: string | null;
  lock: string | null;
  /** For the input itself. */
  input: {
    id: string;
    disabled: boolean;
    'aria-invalid': boolean;
    'aria-describedby': string | undefined;
    'data-testid': string;
    onBlur: () => void;
  };
}

/** A field by its path, as the API names it in `issues`. */
export function useField(path: string, hasHint: boolean): FieldState {
  const { problems, refused, forced, locked, known, round } = useContext(FormContext);
  const id = useId();
  const [left, setLeft] = useState(-1);
  useEffect(() => {
    known.add(path);
    return () => void known.delete(path);
  }, [known, path]);
  const lock = locked(path);
  const problem = lock
    ? null
    : (refused[path] ?? (forced || left === round ? problems[path] : undefined) ?? null);
  return {
    ...{ id, problem, lock },
    input: {
      id,
      disabled: lock !== null,
      'aria-invalid': problem !== null,
      'aria-describedby': problem || hasHint || lock ? `${id}-note` : undefined,
      'data-testid': `field-${path}`,
      onBlur: () => setLeft(round),
    },
  };
}
