import { useEffect, useRef, useState } from 'preact/hooks';
import { failureOf, type Failure, type FailureCode } from '../../net/failure.js';

const RETRY_MS = 3_000;
const PASSING: ReadonlySet<FailureCode> = new Set([
  'offline',
  'no_answer',
  'busy',
  'rate_limited',
  'internal',
]);

export interface Loaded<T> {
  data: T | null;
  /** The last attempt's; what was loaded before stays. */
  failure: Failure | null;
  reload: () => Promise<void>;
}

interface Kept<T> {
  key: string | null;
  data: T | null;
  failure: Failure | null;
}

/**
 * Loads what `key` names, anew when the key changes, and every `everyMs` while that is over 0 and the page is in view. A
 * failure that may pass is tried again by itself.
 */
export function useLoad<T>(key: string | null, load: () => Promise<T>, everyMs = 0): Loaded<T> {
  const [kept, setKept] = useState<Kept<T>>({ key, data: null, failure: null });
  const latest = useRef({ load, everyMs, ask: async () => {} });
  latest.current.load = load;
  latest.current.everyMs = everyMs;
  useEffect(() => {
    if (key === null) return;
    const stop = keepLoading(latest.current, (change) =>
      setKept((before) => ({ data: null, ...(before.key === key ? before : {}), ...change, key })),
    );
    return stop;
  }, [key, everyMs > 0]);
  const current = kept.key === key;
  return {
    data: current ? kept.data : null,
    failure: current ? kept.failure : null,
    reload: () => latest.current.ask(),
  };
}

interface Source<T> {
  load: () => Promise<T>;
  everyMs: number;
  ask: () => Promise<void>;
}

function keepLoading<T>(
  source: Source<T>,
  tell: (change: Partial<Kept<T>> & { failure: Failure | null }) => void,
) {
  let stopped = false;
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => (document.hidden ? undefined : void ask()), ms);
  };
  const ask = async () => {
    clearTimeout(timer);
    const mine = (asked += 1);
    try {
      const data = await source.load();
      // An older answer that comes late must not undo a newer one.
      if (stopped || mine !== asked) return;
      tell({ data, failure: null });
      if (source.everyMs > 0) later(source.everyMs);
    } catch (error) {
      const failure = failureOf(error);
      if (stopped || mine !== asked) return;
      tell({ failure });
      if (PASSING.has(failure.code)) later(failure.retryAfterMs ?? RETRY_MS);
    }
  };
  const onSight = () => {
    if (!document.hidden && source.everyMs > 0) void ask();
  };
  source.ask = ask;
  document.addEventListener('visibilitychange', onSight);
  void ask();
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onSight);
  };
}
