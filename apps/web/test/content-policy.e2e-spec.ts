import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';
import { openBrowser, visit } from './browser.js';

const { url } = serviceUnderTest();
let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

// That nothing of their own is refused, every test of the pages sees: a violation is a line of the console.
it.each(['/', '/console'])(
  '%s runs no script that was put into it, and connects to nobody else',
  async (path) => {
    const { page, context, complaints } = await visit(browser, { url, locale: 'en-GB' });
    await page.goto(`${url}${path}`);
    await page.getByTestId('sign-in-name').waitFor();
    expect(complaints).toEqual([]);
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.wasRun = true';
      const image = document.createElement('div');
      image.innerHTML = '<img src="data:," onerror="globalThis.wasRun = true">';
      document.body.append(script, image);
    });
    const refused = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener('securitypolicyviolation', ({ blockedURI }) => resolve(blockedURI));
          try {
            new WebSocket('wss://evil.example/');
          } catch {
            // Some throw as well.
          }
        }),
    );
    expect(refused).toContain('evil.example');
    await until('three violations are told', () => complaints.length >= 3);
    expect(complaints.every((line) => line.includes('Content Security Policy'))).toBe(true);
    expect(await page.evaluate(() => 'wasRun' in globalThis)).toBe(false);
    await context.close();
  },
);
