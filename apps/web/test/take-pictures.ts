import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { until } from '@app/testing';
import { openBrowser, visit } from './browser.js';
import { gather, type Scene } from './family-scene.js';

/** Makes the pictures of the docs from a running service: `npx tsx apps/web/test/take-pictures.ts [url]`. */
const url = process.argv[2] ?? 'http://127.0.0.1:8080';
const folder = fileURLToPath(new URL('../../../docs/pictures/', import.meta.url));

/** A picture taken in the middle of a movement would be another one every time. */
function stillness(page: Page): Promise<true> {
  return until('nothing moves', () =>
    page.evaluate(() => {
      const moving = document.getAnimations().filter(({ playState }) => playState === 'running');
      return moving.every(({ effect }) => effect?.getTiming().iterations === Infinity) || undefined;
    }),
  );
}

async function take(page: Page, name: string): Promise<void> {
  await stillness(page);
  await page.screenshot({ path: join(folder, name) });
  process.stdout.write(`docs/pictures/${name}\n`);
}

/** The viewer's own window on the scene, once its first packet, still open, stands there. */
async function enter(browser: Browser, scene: Scene, phone: boolean): Promise<Page> {
  const { viewer, roomId, language } = scene;
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const density = phone ? 1.5 : 1;
  const { page } = await visit(browser, { url, locale, person: viewer, roomId, phone, density });
  await page.locator('[data-testid="packet-card"][data-state="open"]').last().waitFor();
  return page;
}

/** The viewer opens the packet that waits for them, and puts the envelope away; then the others go on. */
async function playOut(page: Page, scene: Scene, sealed?: string): Promise<void> {
  await page.locator('[data-testid="packet-card"][data-state="open"]').click();
  await page.getByTestId('packet-open').waitFor();
  if (sealed) await take(page, sealed);
  await page.getByTestId('packet-open').click();
  await page.locator('.result-paid:has-text("✓")').waitFor();
  await page.keyboard.press('Escape');
  await scene.finish();
  await page.locator('[data-state="open"]', { hasText: scene.last }).getByText('4').waitFor();
  await page.locator('.packet-best').nth(1).waitFor();
  // A ring around the last thing touched says nothing to a reader.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
}

async function takePhone(browser: Browser): Promise<void> {
  const scene = await gather(url, 'zh');
  const page = await enter(browser, scene, true);
  await playOut(page, scene, 'envelope.png');
  await take(page, 'chat-phone.png');
  await page.locator('[data-testid="packet-card"][data-state="won"]').click();
  await page.getByTestId('verify-split').click();
  await page.getByTestId('verify-verdict').waitFor();
  await take(page, 'details.png');
  scene.leave();
}

async function takeDesktop(browser: Browser): Promise<void> {
  const scene = await gather(url, 'en');
  const page = await enter(browser, scene, false);
  await playOut(page, scene);
  await take(page, 'chat-desktop.png');
  scene.leave();
}

await mkdir(folder, { recursive: true });
const browser = await openBrowser();
await takePhone(browser);
await takeDesktop(browser);
await browser.close();
