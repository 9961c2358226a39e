/** npm passes a Ctrl-C on to its child, which has it from the terminal already: it comes twice within milliseconds. */
const SAME_SIGNAL_MS = 1_000;
const EXIT_CODE_FORCED = 130;

/** Aborts at the first Ctrl-C or SIGTERM; a later one ends the process at once. */
export function onInterrupt(say: (text: string) => void): AbortSignal {
  const stopping = new AbortController();
  let firstMs: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (firstMs === undefined) {
        firstMs = performance.now();
        say(`${name}: stopping the load; the money is still checked (again to end at once)`);
        stopping.abort();
      } else if (performance.now() - firstMs > SAME_SIGNAL_MS) {
        // k6 goes with us: its guard sees that we are gone.
        process.exit(EXIT_CODE_FORCED);
      }
    });
  }
  return stopping.signal;
}
