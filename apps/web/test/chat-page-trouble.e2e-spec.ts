import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { fundedRoom, signIn, signInMany } from '@app/testing';
import { BreakableLink, scriptBytes } from './browser.js';
import { amountOf, card, has, sendLucky, url, useChatVisits } from './chat-visits.js';

const SCRIPT_BYTES_MAX = 60 * 1024;
/** Fetched where a campaign's drop is on: other tests may have left one behind that is for everyone. */
const OF_CAMPAIGNS = /\/(drop-strip|gate-form|rain-overlay|shake-overlay)-/;
const { look, connect } = useChatVisits();

it('what was missed while the server was away is shown once it is back, and the banner tells of both', async () => {
  const [mei, bo] = await signInMany(url, 2);
  const roomId = await fundedRoom(mei!, [bo!], 1_000);
  const talk = await connect(mei!);
  const link = new BreakableLink();
  const page = await look({ person: bo!, roomId, prepare: link.lay, expected: BreakableLink.complaints });
  await talk.postMessage(roomId, 'before the cut');
  await has(page.getByTestId('message'), 'before the cut');
  expect(await page.getByTestId('connection-banner').count()).toBe(0);

  await link.cut();
  await has(page.locator('[data-testid="connection-banner"][data-link="lost"]'), 'reconnecting');
  await talk.postMessage(roomId, 'said in the meantime');
  await sendLucky(mei!, roomId, { amount: 500, count: 2, greeting: 'Fell in the meantime' });
  expect(await page.getByTestId('message').count()).toBe(1);

  link.mend();
  await page.getByTestId('connection-banner').getByRole('button').click();
  await page.locator('[data-testid="connection-banner"][data-link="restored"]').waitFor();
  await has(page.getByTestId('message'), 'said in the meantime');
  await has(card(page, 'open'), 'Fell in the meantime');
  expect(await page.getByTestId('message').count()).toBe(2);
});

it('a packet that is opened while the server is away is won once it is back', async () => {
  const [mei, bo] = await signInMany(url, 2);
  const roomId = await fundedRoom(mei!, [bo!], 1_000);
  const { packetId } = await sendLucky(mei!, roomId, { amount: 500, count: 2 });
  const link = new BreakableLink();
  const page = await look({ person: bo!, roomId, prepare: link.lay, expected: BreakableLink.complaints });
  await card(page, 'open').click();
  await page.getByTestId('packet-open').waitFor();
  await link.cut();
  await page.getByTestId('connection-banner').waitFor();
  await page.getByTestId('packet-open').click();
  link.mend();
  await page.locator('[data-testid="grab-outcome"][data-outcome="won"]').waitFor();
  const shown = await amountOf(page.getByTestId('grab-amount'));
  expect(await mei!.http.claims(packetId)).toMatchObject([{ userId: bo!.userId, amount: shown }]);
});

it('text of others is shown as it was typed and never run', async () => {
  const mei = await signIn(url);
  const bad = `<img src=x onerror="alert('run')"><script>alert(1)</script>`;
  const { token } = await mei.http.devToken({
    userId: mei.userId,
    name: `<b>${randomUUID().slice(0, 8)}</b>`,
  });
  const { roomId } = await mei.http.withToken(token).createRoom(bad.slice(0, 60));
  await mei.http.topUp({ amount: 1_000, currency: 'CNY', provider: 'sandbox' });
  const page = await look({ person: { ...mei, name: '<i>me</i>' }, roomId });
  const talk = await connect({ ...mei, token });
  await talk.postMessage(roomId, bad);
  await sendLucky(mei, roomId, { amount: 100, count: 1, greeting: bad });
  await has(page.getByTestId('message'), bad);
  await card(page, 'open').click();
  await has(page.getByRole('dialog'), bad);
  await page.getByTestId('packet-open').click();
  await page.getByTestId('see-all').click();
  await has(page.getByTestId('packet-claims'), bad);
  expect(await page.locator('body :is(img, script, b, i:not(.confetti i))').count()).toBe(0);
});

it('the language is switched at once and remembered', async () => {
  const mei = await signIn(url);
  const page = await look({ person: mei, roomId: await fundedRoom(mei, [], 0) });
  await has(page.getByTestId('history-open'), 'History');
  await page.getByTestId('language-switch').click();
  await has(page.getByTestId('history-open'), '红包记录');
  expect(await page.title()).toBe('红包 · Hongbao');
  await page.reload();
  await has(page.getByTestId('history-open'), '红包记录');
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
});

it('everything the page loads of itself is at most 60 KB of script', async () => {
  const mei = await signIn(url);
  const page = await look({ person: mei, roomId: await fundedRoom(mei, [], 0) });
  await page.waitForLoadState('networkidle');
  await page.getByTestId('open-send-sheet').click();
  await page.getByTestId('send-amount').waitFor();
  const bytes = await scriptBytes(page, OF_CAMPAIGNS);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(SCRIPT_BYTES_MAX);
});
