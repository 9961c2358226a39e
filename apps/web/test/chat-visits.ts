import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { HongbaoClient } from '@app/client';
import type { TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';
import { openBrowser, visit, type Visit, type VisitOptions } from './browser.js';

export const { url } = serviceUnderTest();

interface LookOptions extends Omit<VisitOptions, 'url' | 'locale'> {
  chinese?: boolean;
  /** Errors that the browser itself writes to the console in this test. */
  expected?: RegExp;
}

export interface ChatVisits {
  look(options: LookOptions): Promise<Page>;
  connect(person: TestPerson): Promise<HongbaoClient>;
}

/** One browser for a file and a fresh window for each look; a page that complained fails its test. */
export function useChatVisits(): ChatVisits {
  let browser: Browser;
  const visits: (Visit & { expected: RegExp | undefined })[] = [];
  const clients: HongbaoClient[] = [];
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    const ended = visits.splice(0);
    for (const client of clients.splice(0)) client.close();
    await Promise.all(ended.map(({ context }) => context.close()));
    const told = ended.flatMap(({ complaints, expected }) =>
      complaints.filter((one) => !expected?.test(one)),
    );
    expect(told).toEqual([]);
  });
  return {
    async look({ chinese, expected, ...options }) {
      const made = await visit(browser, { ...options, url, locale: chinese ? 'zh-CN' : 'en-GB' });
      visits.push({ ...made, expected });
      return made.page;
    },
    async connect(person) {
      const client = await person.connect();
      clients.push(client);
      return client;
    },
  };
}

export const card = (page: Page, state: string) =>
  page.locator(`[data-testid="packet-card"][data-state="${state}"]`);

/** Waits until it is there with these words. */
export const has = (locator: Locator, words: string | RegExp) => locator.filter({ hasText: words }).waitFor();

export const amountOf = async (locator: Locator) => Number(await locator.getAttribute('data-amount'));

export const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? null);

export const fitsTheScreen = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

export function sendLucky(
  sender: TestPerson,
  roomId: string,
  { amount, count, greeting = 'Good luck' }: { amount: number; count: number; greeting?: string },
) {
  return sender.http.sendPacket({ roomId, kind: 'lucky', amount, count, currency: 'CNY', greeting });
}
