import { useEffect, useState } from 'preact/hooks';
import { isAway } from '../state/ui.js';

/** A part of the page that is fetched when it is first wanted, once for all who want it. */
export interface Chunk<T> {
  loaded: T | null;
  fetch: () => Promise<T>;
}

export function chunk<T>(load: () => Promise<T>): Chunk<T> {
  const one: Chunk<T> = {
    loaded: null,
    fetch: async () => (one.loaded ??= await load()),
  };
  return one;
}

export interface ChunkUse<T> {
  part: T | null;
  failed: boolean;
  load: () => void;
}

export function useChunk<T>(wanted: Chunk<T>): ChunkUse<T> {
  const [part, setPart] = useState(() => wanted.loaded);
  const [failed, setFailed] = useState(false);
  const load = () => {
    setFailed(false);
    wanted.fetch().then(
      (loaded) => setPart(() => loaded),
      () => {
        // Some browsers remember for good that a module could not be fetched; only a new page helps them.
        if (failed && !isAway()) location.reload();
        setFailed(true);
      },
    );
  };
  useEffect(() => {
    if (!part) load();
  }, []);
  return { part, failed, load };
}

/** Ahead of the need, so that it opens at once, and also when the server has gone away meanwhile. */
export function fetchSoon(wanted: Chunk<unknown>, afterMs = 300): void {
  if (!wanted.loaded) setTimeout(() => void wanted.fetch().catch(() => null), afterMs);
}
