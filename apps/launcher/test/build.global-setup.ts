import { checkoutRoot } from '@app/local-stack';
import { buildWhatChanged } from '../src/build.js';
import { ConsoleReporter } from '../src/progress.js';

/** For tests that run compiled commands. The services of e2e then find it built. */
export default async function setup(): Promise<void> {
  const reporter = new ConsoleReporter({ write: (text) => process.stdout.write(`[build] ${text}`) });
  await buildWhatChanged(checkoutRoot, reporter, new AbortController().signal);
}
