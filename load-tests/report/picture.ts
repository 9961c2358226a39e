import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { openBrowser, openReport } from './open-page.ts';

/** A picture of the top of a report: `tsx load-tests/report/picture.ts REPORT.html OUT.png [--width 1280] [--height N] [--dark]`. */
const USAGE = 'tsx load-tests/report/picture.ts REPORT.html OUT.png [--width 1280] [--height N] [--dark]';

/** As far as the chart of what was offered and answered. */
const TOP_UNTIL = '[data-chart="load"]';
const MARGIN = 70;

async function main(): Promise<void> {
  const options = {
    width: { type: 'string' },
    height: { type: 'string' },
    dark: { type: 'boolean' },
  } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [report, out] = positionals;
  const width = Number(values.width ?? 1_280);
  if (report === undefined || out === undefined || !(width >= 200)) throw new Error(`usage: ${USAGE}`);
  const browser = await openBrowser();
  try {
    const { page } = await openReport(browser, resolve(report), {
      viewport: { width, height: 900 },
      deviceScaleFactor: width < 600 ? 1.5 : 1,
      colorScheme: values.dark ? 'dark' : 'light',
    });
    const chart = await page.locator(TOP_UNTIL).boundingBox();
    const whole = await page.evaluate<number>('document.documentElement.scrollHeight');
    const wanted = values.height ? Number(values.height) : chart ? chart.y + chart.height + MARGIN : whole;
    const height = Math.min(whole, Math.ceil(wanted));
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: out });
  } finally {
    await browser.close();
  }
  console.log(out);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
