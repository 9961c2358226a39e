import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Result } from '../model/result.ts';
import { earlierOf, type ReportData } from './page/report-data.ts';

const page = (name: string) => fileURLToPath(new URL(`page/${name}`, import.meta.url));

interface Assets {
  script: string;
  style: string;
}

let assets: Promise<Assets> | undefined;

async function bundle(): Promise<Assets> {
  const { outputFiles } = await build({
    entryPoints: [page('main.ts'), page('page.css')],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    outdir: 'report',
    write: false,
    logLevel: 'silent',
  });
  const textOf = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))!.text;
  return { script: textOf('.js'), style: textOf('.css') };
}

/** JSON that may stand inside a script element: nothing in it can end the element, or be a line's end to older parsers. */
export function embed(data: unknown): string {
  return JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const asText = (text: string) =>
  text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]!);
const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * One HTML file with everything in it, which asks nothing of any server: its own content policy forbids that, and
 * allows no script and no style but those two. `compare`: an earlier run to be shown beside.
 */
export async function renderReport(result: Result, compare?: Result): Promise<string> {
  const { script, style } = await (assets ??= bundle());
  const data: ReportData = { result, ...(compare ? { earlier: earlierOf(compare) } : {}) };
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${asText(result.title)} · Hongbao load report</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<noscript>This report draws itself with a script, which this browser does not run. Its data is in the page's source, as JSON.</noscript>
<script type="application/json" id="data">${embed(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}
