import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';
import { openBrowser, visit, type Visit, type VisitOptions } from './browser.js';

export const { url } = serviceUnderTest();

interface ConsoleOptions extends Omit<VisitOptions, 'url' | 'locale' | 'roomId'> {
  chinese?: boolean;
  /** Errors that the browser itself writes to the console in this test, such as answers of 409. */
  expected?: RegExp;
}

/** One browser for a file and a fresh window for each look; a page that complained fails its test. */
export function useConsoleVisits(): { open: (path: string, options?: ConsoleOptions) => Promise<Page> } {
  let browser: Browser;
  const visits: (Visit & { expected: RegExp | undefined })[] = [];
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    const ended = visits.splice(0);
    await Promise.all(ended.map(({ context }) => context.close()));
    const told = ended.flatMap(({ complaints, expected }) =>
      complaints.filter((one) => !expected?.test(one)),
    );
    expect(told).toEqual([]);
  });
  return {
    async open(path, { chinese, expected, ...options } = {}) {
      const locale = chinese ? 'zh-CN' : 'en-GB';
      const made = await visit(browser, { ...options, url: `${url}${path}`, locale });
      visits.push({ ...made, expected });
      return made.page;
    },
  };
}

/** Waits until it is there with these words. */
export const has = (locator: Locator, words: string | RegExp) => locator.filter({ hasText: words }).waitFor();

export const field = (page: Page, path: string) => page.getByTestId(`field-${path}`);

/** What is said beside a field. */
export const problemAt = (page: Page, path: string) =>
  page.locator(`.field:has([data-testid="field-${path}"])`).getByTestId('field-problem');

export const valueOf = async (locator: Locator) => Number(await locator.getAttribute('data-value'));

/** Whether all of the page can be seen without scrolling sideways. */
export const fitsTheScreen = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= screen.width);
