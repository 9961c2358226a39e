/**
 * Calls `look` soon after each second of the load ends, with that second (-1 for the one before the load), from now on. A look that
 * is still under way is not begun again. `clockOffsetMs`: the target's clock less ours.
 */
export function eachSecond(
  startsAtMs: number,
  clockOffsetMs: number,
  look: (second: number) => void | Promise<void>,
): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let busy = false;
  const elapsedMs = () => Date.now() + clockOffsetMs - startsAtMs;
  const arm = () => {
    if (stopped) return;
    const past = elapsedMs();
    timer = setTimeout(tick, (Math.floor(past / 1000) + 1) * 1000 - past);
  };
  const tick = () => {
    const second = Math.round(elapsedMs() / 1000) - 1;
    arm();
    if (busy) return;
    busy = true;
    void Promise.resolve(look(second)).finally(() => (busy = false));
  };
  arm();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
