import type { ComponentChildren } from 'preact';
import type { Failure } from '../../net/failure.js';
import { useWords } from '../words/index.js';

/** What went wrong, in words; `leftOver`: issues of fields that are not on the page. */
export function FailureNote({
  failure,
  leftOver = [],
  retry,
}: {
  failure: Failure;
  leftOver?: { path: string; message: string }[];
  retry?: () => void;
}) {
  const words = useWords();
  const said = words.errors[failure.code] ?? words.errors.internal;
  return (
    <div class="note note-bad" role="alert" data-testid="failure" data-code={failure.code}>
      <span>{said}</span>
      {leftOver.map(({ path, message }) => (
        <span key={path}>{path ? words.problems.elsewhere(path, message) : message}</span>
      ))}
      {retry && (
        <button type="button" class="link-button" onClick={retry}>
          {words.retry}
        </button>
      )}
    </div>
  );
}

export function GoodNote({ children, testId }: { children: ComponentChildren; testId?: string }) {
  return (
    <p class="note note-good" role="status" data-testid={testId}>
      {children}
    </p>
  );
}

export function Loading() {
  const words = useWords();
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">{words.loading}</span>
      <div class="skeleton" />
      <div class="skeleton" />
      <div class="skeleton" />
    </div>
  );
}

/** Before there is anything, says what it would be and leads on. */
export function Empty({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What is loaded, or the way there: the bones of it, or what went wrong. */
export function Await<T>({
  of,
  children,
}: {
  of: { data: T | null; failure: Failure | null; reload: () => Promise<void> };
  children: (data: T) => ComponentChildren;
}) {
  if (of.data !== null) return <>{children(of.data)}</>;
  if (of.failure) return <FailureNote failure={of.failure} retry={() => void of.reload()} />;
  return <Loading />;
}
