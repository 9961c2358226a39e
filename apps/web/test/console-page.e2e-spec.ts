import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { signIn, signInMany, until } from '@app/testing';
import { BreakableLink, scriptBytes } from './browser.js';
import { BrandScene } from './console-scene.js';
import { field, fitsTheScreen, has, url, useConsoleVisits } from './console-visits.js';

const { open } = useConsoleVisits();
const TABS_MAX = 80;
/** Gzipped, without the charts, which come only where they show. */
const SCRIPT_BYTES_MAX = 85_000;

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? null);

async function tabTo(page: Page, testId: string): Promise<void> {
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
    if ((await focused(page)) === testId) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${testId} can't be reached by the keyboard`);
}

it('who signs in to the console is signed in to the chat, and out of both at once', async () => {
  const page = await open('/console');
  await page.getByTestId('sign-in-name').fill('Mei');
  await page.keyboard.press('Enter');
  await page.getByTestId('create-brand').waitFor();
  const chat = await page.context().newPage();
  await chat.goto(`${url}/`);
  await chat.getByTestId('wallet-open').waitFor();
  await page.getByTestId('sign-out').click();
  await page.getByTestId('sign-in-name').waitFor();
  const other = await page.context().newPage();
  await other.goto(`${url}/console`);
  await other.getByTestId('sign-in-known').click();
  await page.getByTestId('create-brand').waitFor();
});

it('where the server makes no tokens, it asks for one of the host app', async () => {
  const { token } = await signIn(url);
  const page = await open('/console', {
    expected: /404/,
    prepare: async (context) => {
      await context.route('**/dev/tokens', (route) =>
        route.fulfill({ status: 404, contentType: 'application/problem+json', body: '{"code":"not_found"}' }),
      );
    },
  });
  await page.getByTestId('sign-in-name').fill('Mei');
  await page.getByTestId('sign-in-submit').click();
  await has(page.getByRole('alert'), 'takes tokens from its host app only');
  await page.getByTestId('sign-in-token').fill(token);
  await page.getByTestId('sign-in-submit').click();
  await page.getByTestId('create-brand').waitFor();
});

it('a drop is planned, moved and dismissed by the keyboard alone', async () => {
  const owner = await signIn(url, 'owner');
  const brand = await BrandScene.found(url, owner);
  const campaignId = await brand.campaign();
  const page = await open(`/console/c/${campaignId}/edit`, { person: owner });
  await page.getByTestId('add-drop').waitFor();
  await tabTo(page, 'add-drop');
  await page.keyboard.press('Enter');
  await until('the amount has the focus', async () => (await focused(page)) === 'field-packet.amount');
  await page.keyboard.type('88');
  await tabTo(page, 'field-packet.count');
  await page.keyboard.type('8');
  await page.keyboard.press('Enter');
  await page.getByTestId('drop-block').waitFor();
  await until('the button that opened it has the focus', async () => (await focused(page)) === 'add-drop');

  const [before] = await brand.drops(campaignId);
  await tabTo(page, 'drop-block');
  for (let n = 0; n < 3; n += 1) await page.keyboard.press('ArrowDown');
  await until('the drop has moved by a quarter of an hour', async () => {
    const [drop] = await brand.drops(campaignId);
    return Date.parse(drop!.opensAt) - Date.parse(before!.opensAt) === 15 * 60_000;
  });

  await page.keyboard.press('Enter');
  await page.getByTestId('drop-form').waitFor();
  await until('the form has the focus', async () => (await focused(page)) === 'field-packet.amount');
  await page.keyboard.type('8');
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true);
  }
  await page.keyboard.press('Escape');
  await page.getByTestId('discard-drop').click();
  await page.getByTestId('drop-form').waitFor({ state: 'detached' });
});

it('a drag moves a drop, and a click on a time begins one there', async () => {
  const owner = await signIn(url, 'owner');
  const brand = await BrandScene.found(url, owner);
  const evening = new Date();
  evening.setDate(evening.getDate() + 2);
  const at = (hour: number) => new Date(evening).setHours(hour, 0, 0, 0);
  const campaignId = await brand.campaign({
    startsAt: new Date(at(19)).toISOString(),
    endsAt: new Date(at(23)).toISOString(),
  });
  await brand.drop(campaignId, at(20) - Date.now());
  const page = await open(`/console/c/${campaignId}/edit`, { person: owner });
  const block = page.getByTestId('drop-block');
  const box = (await block.boundingBox())!;
  const column = (await page.getByTestId('calendar-column').boundingBox())!;
  const hour = column.height / 4;
  await page.mouse.move(box.x + 60, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 10 + hour / 2, { steps: 5 });
  await page.mouse.move(box.x + 60, box.y + 10 + hour, { steps: 5 });
  await page.mouse.up();
  await until('the drop has moved by an hour', async () => {
    const [drop] = await brand.drops(campaignId);
    return Date.parse(drop!.opensAt) === at(21);
  });
  expect(await page.getByTestId('drop-form').count()).toBe(0);
  await page.getByTestId('calendar-column').click({ position: { x: 200, y: hour * 3 } });
  const typed = await field(page, 'opensAt').inputValue();
  expect(new Date(typed).getTime()).toBe(at(22));
});

it('what was not saved is not lost by a wrong click', async () => {
  const owner = await signIn(url, 'owner');
  const brand = await BrandScene.found(url, owner);
  const campaignId = await brand.campaign();
  const page = await open(`/console/c/${campaignId}/edit`, { person: owner });
  await field(page, 'greeting').fill('Joy in every house');
  await page.getByTestId('nav-budget').click();
  await page.getByTestId('leaving').waitFor();
  await page.keyboard.press('Escape');
  expect(await field(page, 'greeting').inputValue()).toBe('Joy in every house');
  await page.getByTestId('save-details').click();
  await has(page.locator('.save-bar [role=status]'), /^Saved$/);
  expect((await brand.view(campaignId)).greeting).toBe('Joy in every house');
  await page.getByTestId('nav-budget').click();
  await page.getByTestId('balance').waitFor();
  await page.goBack();
  await page.getByTestId('add-drop').waitFor();
});

it('a server that is away is said to be, and what it missed is there when it is back', async () => {
  const owner = await signIn(url, 'owner');
  const brand = await BrandScene.found(url, owner);
  await brand.campaign({ name: 'The first' });
  const link = new BreakableLink();
  const page = await open(brand.path, {
    person: owner,
    prepare: link.lay,
    expected: /ERR_CONNECTION_REFUSED/,
  });
  await has(page.getByTestId('campaigns'), 'The first');
  await link.cut();
  await has(page.getByTestId('server-banner'), 'The server can’t be reached');
  await has(page.getByTestId('campaigns'), 'The first');
  await brand.campaign({ name: 'The second' });
  link.mend();
  await has(page.getByTestId('campaigns'), 'The second');
  expect(await page.getByTestId('server-banner').innerText()).toBe('');
});

it('the list sorts by its heads and filters by words and by state', async () => {
  const owner = await signIn(url, 'owner');
  const brand = await BrandScene.found(url, owner);
  await brand.topUp(5_000_000);
  for (const [name, budget] of [
    ['Lantern night', 300_000],
    ['New Year', 2_000_000],
    ['Dragon Boat', 100_000],
  ] as const) {
    await brand.campaign({ name, budget });
  }
  const page = await open(brand.path, { person: owner });
  const names = async () => page.getByTestId('campaign-link').allInnerTexts();
  await page.getByTestId('campaign-link').nth(2).waitFor();
  expect(await names()).toEqual(['Dragon Boat', 'New Year', 'Lantern night']);
  await page.getByRole('button', { name: 'Budget' }).click();
  expect(await names()).toEqual(['New Year', 'Lantern night', 'Dragon Boat']);
  await page.getByRole('button', { name: 'Name' }).click();
  expect(await names()).toEqual(['Dragon Boat', 'Lantern night', 'New Year']);
  await page.getByTestId('table-find').fill('new');
  expect(await names()).toEqual(['New Year']);
});

it('every page fits a phone, in both languages, and brings no charts where none show', async () => {
  const [owner, other] = await signInMany(url, 2);
  const brand = await BrandScene.found(url, owner!);
  await brand.addMember(other!.userId, 'marketer');
  const campaignId = await brand.campaign({ name: '除夕夜红包雨与口令与答题的一个很长很长的名字' });
  await brand.drop(campaignId, 1_800_000);
  const pages = ['', '/new', '/budget', '/covers', '/lists', '/members', '/keys'].map(
    (end) => `${brand.path}${end}`,
  );
  for (const chinese of [true, false]) {
    const page = await open('/console', { person: owner!, phone: true, chinese });
    for (const path of [
      ...pages,
      ...['edit', 'live', 'report'].map((view) => `/console/c/${campaignId}/${view}`),
    ]) {
      await page.goto(`${url}${path}`);
      await page.locator('.page h1').first().waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      expect(await fitsTheScreen(page), `${path} ${chinese}`).toBe(true);
    }
    expect(await scriptBytes(page)).toBeLessThan(SCRIPT_BYTES_MAX);
    expect(await page.title()).toBe(chinese ? '红包控制台' : 'Hongbao console');
  }
});
