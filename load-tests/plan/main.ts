import { runPlan } from './command.ts';

process.exitCode = await runPlan(process.argv.slice(2), {
  out: (text) => console.log(text),
  error: (text) => console.error(text),
});
