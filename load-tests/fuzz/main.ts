import { startOwnService } from '../bench/own-service.js';
import { onInterrupt } from '../bench/interrupt.js';
import { Terminal } from '../runner/terminal.ts';
import { parseCommandLine, usage, type Options } from './command-line.js';
import { runFuzz } from './run.js';

/** Wide, as for whoever tests load: a fuzzer that is told to wait tries nothing. Those of production are tested as such. */
const WIDE = Object.fromEntries(
  ['USER_EVENTS', 'ADDRESS_EVENTS', 'USER_REQUESTS', 'ADDRESS_REQUESTS', 'ADDRESS_CONNECTIONS'].map(
    (name) => [`${name}_PER_10_SECONDS`, '1000000'],
  ),
);

/** `npm run fuzz`. */
async function main({ target, ...options }: Options): Promise<number> {
  const terminal = new Terminal();
  const say = (line: string) => terminal.line(line);
  const signal = onInterrupt(say);
  const context = { rounds: 1, scale: 1, signal, progress: say, note: say };
  const own = target === undefined ? await startOwnService(context, { name: 'fuzz', env: WIDE }) : undefined;
  try {
    const where = own ? { url: own.url, env: own.env } : { url: target! };
    const wrong = await runFuzz({ ...options, ...where, signal, say });
    for (const line of wrong) say(`WRONG ${line}`);
    say(
      wrong.length === 0
        ? 'nothing wrong'
        : `again: npm run fuzz -- --seed ${options.seed} --only ${options.only.join(',')}`,
    );
    return wrong.length === 0 ? 0 : 1;
  } finally {
    await own?.stop();
  }
}

let options: Options | 'help';
try {
  options = parseCommandLine(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\n\n${usage}`);
  process.exit(2);
}
if (options === 'help') console.log(usage);
// Everything is stopped by now; a socket that lingers must not keep us.
else process.exit(await main(options));
