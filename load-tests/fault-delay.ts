/**
 * Shows that a fault is seen where it was planted: a service of its own, whose Redis is 200 ms slower from second 20 to 30 of a
 * load. `npx tsx load-tests/fault-delay.ts [workload] [--scale X] [--seed N] [--out NAME]`. Exit 0 when the report has it.
 */
import { parseCommandLine } from './runner/command-line.ts';
import { runWithSlowRedis } from './runner/fault/fault-delay.ts';
import { onInterrupt } from './runner/interrupt.ts';
import { Terminal } from './runner/terminal.ts';

const FAULT = { seconds: 45, fromSecond: 20, untilSecond: 30, delayMs: 200 };
const DURING_MS_MIN = 150;
const BEFORE_MS_MAX = 100;

const terminal = new Terminal();
const args = process.argv.slice(2);
const command = parseCommandLine(args[0]?.startsWith('--') || args.length === 0 ? ['steady', ...args] : args);
if (command.kind !== 'run') throw new Error('one workload, please');
const { workload, scale, seed, out } = command;
const { before, during, after } = await runWithSlowRedis({
  ...{ ...FAULT, workload, seed, terminal, signal: onInterrupt((text) => terminal.line(text)) },
  ...(scale === undefined ? {} : { scale }),
  ...(out === undefined ? {} : { name: out }),
});
terminal.line(
  `p99 of shares that were won: ${Math.round(before)} ms before, ${Math.round(during)} ms during, ${Math.round(after)} ms after a delay of ${FAULT.delayMs} ms`,
);
const seen = during > DURING_MS_MIN && before < BEFORE_MS_MAX;
terminal.line(seen ? 'the fault is seen where it was planted' : 'the fault is NOT seen as it was planted');
process.exit(seen ? 0 : 1);
