import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { availableOf, fundedRoom, signIn, signInMany, until, type TestPerson } from '@app/testing';
import { amountOf, card, fitsTheScreen, focused, has, sendLucky, url, useChatVisits } from './chat-visits.js';

const TABS_MAX = 30;
const { look, connect } = useChatVisits();

async function grab(person: TestPerson, packetId: string): Promise<void> {
  const { outcome } = await (await connect(person)).grab(packetId);
  expect(outcome).toBe('won');
}

async function tabTo(page: Page, testId: string): Promise<void> {
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
    if ((await focused(page)) === testId) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${testId} can't be reached by the keyboard`);
}

it('a newcomer signs in by a name, makes a room, tops up and sends a lucky packet', async () => {
  const page = await look({});
  await page.getByTestId('sign-in-name').fill('Mei');
  await page.keyboard.press('Enter');
  await page.getByTestId('create-room').click();
  await page.getByTestId('create-room-name').fill('The Chen family');
  await page.getByTestId('create-room-submit').click();
  await has(page.getByRole('heading', { level: 1 }), 'The Chen family');

  await page.getByTestId('wallet-open').click();
  await page.getByTestId('topup-amount').fill('20');
  await page.getByTestId('topup-submit').click();
  await has(page.getByTestId('topup-done'), '¥20.00');
  await page.keyboard.press('Escape');

  await page.getByTestId('open-send-sheet').click();
  await page.getByTestId('send-amount').fill('8.88');
  await page.getByTestId('send-count').fill('3');
  await page.getByTestId('send-greeting').fill('For the whole family');
  await has(page.getByTestId('send-total'), '¥8.88');
  await page.getByTestId('send-submit').click();
  await has(card(page, 'open'), /For the whole family.*3 of 3 left/);
  await has(page.getByTestId('wallet-open'), '¥11.12');
});

it('a packet falls on a phone, is opened by the keyboard alone, and shows the amount that was won', async () => {
  const [mei, bo] = await signInMany(url, 2);
  const roomId = await fundedRoom(mei!, [bo!], 1_000);
  const page = await look({ person: bo!, roomId, phone: true, chinese: true });
  await has(page.locator('.log-empty'), '还没有消息');
  const { packetId } = await sendLucky(mei!, roomId, { amount: 1_000, count: 3 });
  await has(card(page, 'open'), '剩 3/3 个');
  expect(await fitsTheScreen(page)).toBe(true);

  await tabTo(page, 'packet-card');
  await page.keyboard.press('Enter');
  await until('the seal has the focus', async () => (await focused(page)) === 'packet-open');
  await page.keyboard.press('Enter');
  const shown = await amountOf(page.getByTestId('grab-amount'));
  expect(await mei!.http.claims(packetId)).toMatchObject([{ userId: bo!.userId, amount: shown }]);
  await has(page.locator('[data-testid="grab-outcome"][data-outcome="won"]'), '已存入钱包');
  expect(await availableOf(bo!)).toBe(shown);
  expect(await fitsTheScreen(page)).toBe(true);

  await until('what comes next has the focus', async () => (await focused(page)) === 'see-all');
  await page.keyboard.press('Enter');
  expect(await amountOf(page.getByTestId('claim-row'))).toBe(shown);
  await page.keyboard.press('Escape');
  await card(page, 'won').waitFor();
  await until('the card has the focus again', async () => (await focused(page)) === 'packet-card');
});

it('the last share crowns the best luck, and the page itself finds the split as promised', async () => {
  const [mei, bo, lan] = await signInMany(url, 3);
  const roomId = await fundedRoom(mei!, [bo!, lan!], 2_000);
  const { packetId } = await sendLucky(mei!, roomId, { amount: 2_000, count: 3 });
  await grab(bo!, packetId);
  const page = await look({ person: lan!, roomId });
  await card(page, 'open').click();
  await page.getByTestId('packet-open').click();
  await page.getByTestId('see-all').click();
  await page.getByTestId('claim-row').nth(1).waitFor();
  expect(await page.getByTestId('best-luck').count()).toBe(0);

  await grab(mei!, packetId);
  const crowned = page.getByTestId('claim-row').filter({ has: page.getByTestId('best-luck') });
  await crowned.waitFor();
  const amounts = (await mei!.http.claims(packetId)).map(({ amount }) => amount);
  expect(await amountOf(crowned)).toBe(Math.max(...amounts));
  expect(amounts.reduce((sum, amount) => sum + amount)).toBe(2_000);
  await page.getByTestId('verify-split').click();
  await has(page.locator('[data-testid="verify-verdict"][data-ok="true"]'), 'all 3 shares paid match');
});

it('who taps too late is told kindly that all is taken', async () => {
  const [mei, bo, late] = await signInMany(url, 3);
  const roomId = await fundedRoom(mei!, [bo!, late!], 100);
  const { packetId } = await sendLucky(mei!, roomId, { amount: 100, count: 1 });
  const page = await look({ person: late!, roomId, phone: true });
  await card(page, 'open').click();
  await page.getByTestId('packet-open').waitFor();
  await grab(bo!, packetId);
  await page.getByTestId('packet-open').click();
  await has(page.locator('[data-testid="grab-outcome"][data-outcome="empty"]'), /A little late.*Better luck/);
  await page.getByTestId('see-all').click();
  await has(page.getByTestId('claim-row'), bo!.name);
  await page.keyboard.press('Escape');
  await has(card(page, 'empty'), 'All taken');
});

it('the wallet shows what went out, what came in and what is held', async () => {
  const mei = await signIn(url);
  const roomId = await fundedRoom(mei, [], 1_000);
  const page = await look({ person: mei, roomId });
  await has(page.getByTestId('wallet-open'), '¥10.00');
  const request = { roomId, kind: 'fixed', amount: 600, count: 2, currency: 'CNY' } as const;
  await mei.http.sendPacket(request);
  await card(page, 'open').click();
  await page.getByTestId('packet-open').click();
  await has(page.getByTestId('grab-outcome'), 'In your wallet');
  await page.keyboard.press('Escape');
  await page.getByTestId('wallet-open').click();
  await has(page.getByTestId('wallet-held'), '¥3.00');
  expect(await amountOf(page.getByTestId('wallet-balance'))).toBe(700);
  const entries = await page.getByTestId('wallet-entry').all();
  const shown = await Promise.all(
    entries.map(async (entry) => [await entry.getAttribute('data-kind'), await amountOf(entry)]),
  );
  expect(shown).toEqual([
    ['claim_settled', 300],
    ['packet_funded', -600],
    ['topup', 1_000],
  ]);
});

it('the send sheet says at the field what is wrong, and what would do', async () => {
  const mei = await signIn(url);
  const page = await look({ person: mei, roomId: await fundedRoom(mei, [], 1_000) });
  await page.getByTestId('open-send-sheet').click();
  await page.getByTestId('send-kind-fixed').check();
  await page.getByTestId('send-amount').fill('10');
  await page.getByTestId('send-count').fill('3');
  await has(page.getByTestId('send-error'), /¥9\.99 or ¥10\.02 would/);
  await page.getByTestId('send-amount').fill('30');
  await has(page.getByTestId('send-error'), 'Your wallet holds less than that.');
  expect(await page.getByTestId('send-amount').getAttribute('aria-invalid')).toBe('true');
  await page.getByTestId('send-topup').click();
  await page.getByTestId('send-error').waitFor({ state: 'detached' });
  await page.getByTestId('send-submit').click();
  await has(card(page, 'open'), 'Equal shares');
});
