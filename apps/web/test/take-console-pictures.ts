import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { until } from '@app/testing';
import { openBrowser, visit } from './browser.js';
import { prepareEvening, type Evening } from './console-evening.js';

/** Makes the console's pictures of the docs from a running service: `npx tsx apps/web/test/take-console-pictures.ts [url]`. */
const url = process.argv[2] ?? 'http://127.0.0.1:8080';
const folder = fileURLToPath(new URL('../../../docs/pictures/', import.meta.url));
const SCREEN = { width: 1440, height: 900 };

interface Windows {
  language: 'zh' | 'en';
  desktop: Page;
  phone: Page;
}

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  process.stdout.write(`docs/pictures/${name}.png\n`);
}

async function openWindows(browser: Browser, language: 'zh' | 'en', evening: Evening): Promise<Windows> {
  const { owner: person, brand } = evening;
  const options = {
    url: `${url}${brand.path}`,
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    person,
  } as const;
  const [desktop, phone] = await Promise.all([
    visit(browser, options),
    visit(browser, { ...options, phone: true, density: 1.5 }),
  ]);
  await desktop.page.setViewportSize(SCREEN);
  return { language, desktop: desktop.page, phone: phone.page };
}

async function goTo(page: Page, path: string, testId: string): Promise<void> {
  await page.goto(`${url}${path}`);
  await page.getByTestId(testId).first().waitFor();
  await page.waitForLoadState('networkidle');
}

/** While the campaign runs, after its second drop: everything moves, and everything has something to show. */
async function takeLive(
  { language, desktop, phone }: Windows,
  { runningId, played }: Evening,
): Promise<void> {
  const path = `/console/c/${runningId}/live`;
  await Promise.all([desktop.goto(`${url}${path}`), phone.goto(`${url}${path}`)]);
  await played;
  for (const page of [desktop, phone]) await page.locator('.chart canvas').first().waitFor();
  await until('all that was won is settled', async () => {
    const [spent, winners] = await Promise.all(
      ['spent', 'winners'].map((name) => desktop.getByTestId(name).getAttribute('data-value')),
    );
    return Number(spent) > 30_000 && Number(winners) > 50;
  });
  await take(desktop, `console-live-desktop-${language}`);
  await take(phone, `console-live-phone-${language}`);
}

async function takePlan({ language, desktop, phone }: Windows, { planId }: Evening): Promise<void> {
  const path = `/console/c/${planId}/edit`;
  await goTo(desktop, path, 'drop-block');
  await take(desktop, `console-plan-desktop-${language}`);
  await desktop.getByTestId('drop-block').nth(1).click();
  await desktop.getByTestId('drop-form').getByTestId('preview-gate').check();
  await desktop.locator('.modal-content').evaluate((content) => content.scrollTo(0, 780));
  await take(desktop, `console-drop-desktop-${language}`);
  await goTo(phone, path, 'drop-block');
  await take(phone, `console-plan-phone-${language}`);
}

async function takeReport(
  { language, desktop, phone }: Windows,
  { brand, runningId }: Evening,
): Promise<void> {
  await until(
    'everything is paid or given back',
    async () => {
      const { budget, spent, refunded } = await brand.view(runningId);
      return spent + refunded === budget;
    },
    120_000,
  );
  const path = `/console/c/${runningId}/report`;
  for (const [page, size] of [
    [desktop, 'desktop'],
    [phone, 'phone'],
  ] as const) {
    await goTo(page, path, 'verdict');
    await page.locator('.chart canvas').first().waitFor();
    await take(page, `console-report-${size}-${language}`);
  }
  for (const [page, size] of [
    [desktop, 'desktop'],
    [phone, 'phone'],
  ] as const) {
    await goTo(page, brand.path, 'campaigns');
    await take(page, `console-campaigns-${size}-${language}`);
  }
}

await mkdir(folder, { recursive: true });
const browser = await openBrowser();
for (const language of ['zh', 'en'] as const) {
  const evening = await prepareEvening(url, language);
  const windows = await openWindows(browser, language, evening);
  await takeLive(windows, evening);
  await takePlan(windows, evening);
  await takeReport(windows, evening);
  evening.leave();
}
await browser.close();
