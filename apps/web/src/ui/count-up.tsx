import { useEffect, useState } from 'preact/hooks';

const RISE_MS = 700;

export function prefersStill(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** A number that rises from 0 to `to`, at once for those who want no motion. */
export function useCountUp(to: number): number {
  const [shown, show] = useState(() => (prefersStill() ? to : 0));
  useEffect(() => {
    if (prefersStill()) return show(to);
    let frame = 0;
    const startedAt = performance.now();
    const step = (now: number) => {
      const part = Math.min(1, (now - startedAt) / RISE_MS);
      // Fast, then slow: the last digits can be read as they come.
      show(part === 1 ? to : Math.floor(to * (1 - (1 - part) ** 3)));
      if (part < 1) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    // Frames stand still in a background tab; the amount must be right there too.
    const settled = setTimeout(() => show(to), RISE_MS + 300);
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(settled);
    };
  }, [to]);
  return shown;
}
