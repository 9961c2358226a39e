import { useEffect, useState } from 'preact/hooks';
import { serverNow } from '../state/ui.js';

const pad = (n: number) => String(n).padStart(2, '0');

/** What is left, as a clock shows it: 1:02:03, 2:03, 0:09. Never 0:00 before the instant itself. */
export function clockText(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1_000));
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** How long until the next of `instants` shows another second, or comes; at most a second. */
export function msToNextTick(now: number, instants: readonly number[]): number {
  const waits = instants.filter((at) => at > now).map((at) => (at - now) % 1_000 || 1_000);
  return Math.min(1_000, ...waits);
}

/** Server time, rendered again at every instant and at every full second before it, by the server's clock. */
export function useServerNow(instants: readonly number[]): number {
  const [now, setNow] = useState(serverNow);
  const key = instants.join();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      const at = serverNow();
      setNow(at);
      timer = setTimeout(tick, Math.ceil(msToNextTick(at, instants)));
    };
    tick();
    return () => clearTimeout(timer);
  }, [key]);
  return now;
}
