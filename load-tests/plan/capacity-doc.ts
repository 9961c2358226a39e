import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkoutRoot } from '@app/local-stack';
import { runPlan } from './command.ts';

export const CAPACITY_DOC = join(checkoutRoot, 'docs/capacity.md');

/** A block that begins with the command and holds what it printed. */
const BLOCK = /```console\n\$ npm run plan -- ([^\n]+)\n[\s\S]*?```/g;

/** The document with every block as its command prints it now; pictures that the commands name are written too. */
export async function refreshed(markdown: string): Promise<string> {
  let text = '';
  let from = 0;
  for (const block of markdown.matchAll(BLOCK)) {
    const args = block[1]!;
    const printed: string[] = [];
    const say = (line: string) => void printed.push(line);
    const code = await runPlan(args.trim().split(/\s+/), { out: say, error: say });
    if (code !== 0) throw new Error(`npm run plan -- ${args}: ${printed.join('\n')}`);
    text += `${markdown.slice(from, block.index)}\`\`\`console\n$ npm run plan -- ${args}\n${printed.join('\n')}\n\`\`\``;
    from = block.index + block[0].length;
  }
  return text + markdown.slice(from);
}

/** `npx tsx load-tests/plan/capacity-doc.ts`, after costs or a breakpoint were measured anew. */
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync(CAPACITY_DOC, await refreshed(readFileSync(CAPACITY_DOC, 'utf8')));
