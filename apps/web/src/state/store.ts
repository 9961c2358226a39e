import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Store<S extends object> {
  get(): S;
  set(patch: Partial<S> | ((state: S) => Partial<S>)): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<S extends object>(initial: S): Store<S> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set(patch) {
      state = { ...state, ...(typeof patch === 'function' ? patch(state) : patch) };
      for (const listener of Array.from(listeners)) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Renders again only when what was selected is another value, so a selector must not make new objects. */
export function useStore<S extends object, T>(store: Store<S>, select: (state: S) => T): T {
  const selected = select(store.get());
  const latest = useRef({ select, selected });
  latest.current = { select, selected };
  const [, renderAgain] = useState(0);
  useLayoutEffect(() => {
    const check = () => {
      const { select: now, selected: shown } = latest.current;
      if (!Object.is(now(store.get()), shown)) renderAgain((times) => times + 1);
    };
    check();
    return store.subscribe(check);
  }, [store]);
  return selected;
}
