/** npm passes a Ctrl-C on to its child, which has it from the terminal already: it comes twice within milliseconds. */
const SAME_SIGNAL_MS = 1_000;
/** What is under way ends between two turns, or not at all: then the process goes, and guards stop what it started. */
const STOP_MS_MAX = 60_000;
const EXIT_CODE_FORCED = 130;

/** Aborts at the first Ctrl-C or SIGTERM; a later one ends the process at once. */
export function onInterrupt(say: (text: string) => void): AbortSignal {
  const stopping = new AbortController();
  let firstMs: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (firstMs === undefined) {
        firstMs = performance.now();
        say(`${name}: stopping what was started (again to end at once)`);
        setTimeout(() => process.exit(EXIT_CODE_FORCED), STOP_MS_MAX).unref();
        stopping.abort(new Error('interrupted'));
      } else if (performance.now() - firstMs > SAME_SIGNAL_MS) {
        process.exit(EXIT_CODE_FORCED);
      }
    });
  }
  return stopping.signal;
}
