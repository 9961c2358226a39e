import { useRef, useState } from 'preact/hooks';
import { failureOf, type Failure } from '../../net/failure.js';

export interface Action {
  working: boolean;
  failure: Failure | null;
  /** True when it was done. A second call while one runs is not made. */
  run: (act: () => Promise<void>, onFailure?: (failure: Failure) => void) => Promise<boolean>;
  clear: () => void;
}

/** One thing that a person does: whether it runs, and how it went wrong. */
export function useAction(): Action {
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const running = useRef(false);
  const run: Action['run'] = async (act, onFailure) => {
    if (running.current) return false;
    running.current = true;
    setWorking(true);
    setFailure(null);
    try {
      await act();
      return true;
    } catch (error) {
      const wrong = failureOf(error);
      setFailure(wrong);
      onFailure?.(wrong);
      return false;
    } finally {
      running.current = false;
      setWorking(false);
    }
  };
  return { working, failure, run, clear: () => setFailure(null) };
}
