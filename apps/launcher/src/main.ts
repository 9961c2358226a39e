import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '@app/config';
import { checkoutRoot } from '@app/local-stack';
import { ConsoleReporter } from './progress.js';
import { Service } from './service.js';

const usage = `npm start              the whole service on this machine
npm start -- --fresh   the same, with all earlier data deleted`;

/**
 * npm passes a signal on to its child, which has it from the terminal already: one Ctrl-C comes twice or three times
 * within milliseconds. Only a later one means "now".
 */
const SAME_SIGNAL_MS = 1_000;
const EXIT_CODE_FORCED = 130;
const PARENT_CHECK_MS = 250;

async function main(): Promise<number> {
  const fresh = readArguments();
  const reporter = new ConsoleReporter();
  reporter.note('Hongbao: starting');
  const dataDir = process.env.HONGBAO_DATA_DIR || join(checkoutRoot, '.data');
  const stopping = new AbortController();
  const service = new Service({
    root: checkoutRoot,
    dataDir,
    env: process.env,
    envFile: join(checkoutRoot, '.env'),
    fresh,
    reporter,
    signal: stopping.signal,
  });
  onStopSignals(
    (signal) => {
      reporter.note(`${signal}: stopping (again to force)`);
      stopping.abort();
    },
    () => {
      service.kill();
      process.exit(EXIT_CODE_FORCED);
    },
  );

  try {
    await service.start();
    sayHowToUse(reporter, service, dataDir);
    await aborted(stopping.signal);
    await service.stop();
  } catch (error) {
    if (!stopping.signal.aborted) {
      console.error(`\n${error instanceof ConfigError ? error.message : describe(error)}`);
      return 1;
    }
  }
  reporter.note('stopped');
  return 0;
}

function readArguments(): boolean {
  try {
    const { values } = parseArgs({ options: { fresh: { type: 'boolean' }, help: { type: 'boolean' } } });
    if (!values.help) return values.fresh ?? false;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(1);
  }
}

function onStopSignals(stop: (signal: string) => void, force: () => void): void {
  let firstMs: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (firstMs === undefined) {
        firstMs = performance.now();
        stop(name);
      } else if (performance.now() - firstMs > SAME_SIGNAL_MS) {
        force();
      }
    });
  }
  onNpmGone(() => stop('npm has gone'));
  // A reader that went away, such as `npm start | head`, is no reason to fall over with everything running.
  process.stdout.on('error', () => {});
}

/**
 * A killed npm tells nobody, and a shell between it and us dies of npm's SIGTERM without passing it on (npm 11 with dash;
 * the script's `exec` does away with that shell). Our parent's number shows both. Without npm, an orphan is wanted: nohup.
 */
function onNpmGone(stop: () => void): void {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, PARENT_CHECK_MS);
  timer.unref();
}

function sayHowToUse(reporter: ConsoleReporter, { url, env }: Service, dataDir: string): void {
  reporter.line(`ready ${url}`);
  reporter.line('');
  if (env.DEV_TOKENS === 'true') {
    reporter.line(`  sign in   open ${url} and type a name, or ask for a token:`);
    reporter.line(`            curl -X POST ${url}/api/v1/dev/tokens -H 'content-type: application/json' \\`);
    reporter.line(`              -d '{"userId":"mei","name":"Mei"}'`);
  }
  reporter.line(`  API       ${url}/api/docs`);
  reporter.line(`  logs      ${shortPath(join(dataDir, 'logs'))}`);
  reporter.line('  stop      Ctrl-C');
}

function shortPath(path: string): string {
  const fromHere = relative('', path);
  return fromHere.startsWith('..') ? path : fromHere;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The message and what lies under it, a line each. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const causes = error instanceof AggregateError ? error.errors : error.cause ? [error.cause] : [];
  const under = causes.map((cause) => describe(cause)).filter((text) => !error.message.includes(text));
  return [error.message, ...under.map((text) => `  because: ${text}`)].join('\n');
}

process.exitCode = await main();
// Handles of the stores' pipes may linger; everything is down by now.
process.exit();
