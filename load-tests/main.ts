import { runCommandLine } from './runner/commands.ts';

process.exitCode = await runCommandLine(process.argv.slice(2));
// Sockets of the check may linger; everything is written by now.
process.exit();
