import type { BrowserContext, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { signIn, signInMany, until } from '@app/testing';
import { BreakableLink } from './browser.js';
import { amountOf, card, fitsTheScreen, has, url, useChatVisits } from './chat-visits.js';
import {
  claimsOf,
  dropCard,
  dropIs,
  paintCover,
  planDrop,
  setStage,
  type Planned,
  type Stage,
} from './drop-scene.js';

const { look, connect } = useChatVisits();
const QUIZ = {
  kind: 'quiz' as const,
  questions: [
    { text: '包粽子用的是哪一种叶？', options: ['荷叶', '箬叶', '梧桐叶'], answer: 1 },
    { text: '五芳斋从哪座城开始？', options: ['嘉兴', '绍兴', '无锡'], answer: 0 },
  ],
};

async function stageFor(people: { userId: string }[]): Promise<Stage> {
  return setStage(url, await signIn(url, 'brand'), people);
}
const outcome = (page: Page, word: string) =>
  page.locator(`[data-testid="grab-outcome"][data-outcome="${word}"]`);
/** By the true clock, in the page itself: when the drop's card is open, and when a timer for its instant ran. */
const openingSeen = async (page: Page, drop: Pick<Planned, 'greeting' | 'opensAtMs'>) =>
  (await dropCard(page, drop).elementHandle())!.evaluate(async (card, at) => {
    const late = () => (self as unknown as { trueNow: () => number }).trueNow() - at;
    const timer = new Promise<number>((resolve) => setTimeout(() => resolve(late()), -late()));
    const open = new Promise<number>((resolve) => {
      const look = () => (card as HTMLElement).dataset['phase'] === 'open' && resolve(late());
      new MutationObserver(look).observe(card, { attributes: true });
    });
    return { openLateMs: await open, timerLateMs: await timer };
  }, drop.opensAtMs);
const choose = (page: Page, text: string) => page.getByLabel(text, { exact: true }).check();
const told = (page: Page) => page.locator('.visually-hidden[role="status"][aria-live]');

it('an announced drop counts down by the server clock, opens at its instant and pays what it shows', async () => {
  const mei = await signIn(url);
  const stage = await stageFor([mei]);
  const coverId = await stage.brand.cover(await paintCover('端午安康'));
  // A phone whose clock is three minutes slow: only the server's clock may count.
  const prepare = async (context: BrowserContext) => {
    await context.addInitScript(
      '{ const now = (self.trueNow = Date.now); Date.now = () => now() - 180_000; }',
    );
  };
  const page = await look({ person: mei, roomId: stage.roomId, phone: true, chinese: true, prepare });
  const drop = await planDrop(stage, { inMs: 7_000, coverId });
  await dropCard(page, drop, 'announced').waitFor();
  await has(told(page), /五芳斋预告了一个红包，\d+ 秒后开抢/);
  const seconds = Number(await dropCard(page, drop).getByTestId('drop-countdown').textContent());
  const left = (drop.opensAtMs - Date.now()) / 1_000;
  expect(Math.abs(seconds - left), `${seconds} s shown with ${left} s left`).toBeLessThan(1.5);
  expect(await fitsTheScreen(page)).toBe(true);

  const opening = openingSeen(page, drop);
  await dropCard(page, drop, 'open').waitFor();
  const { openLateMs, timerLateMs } = await opening;
  // How late a page is that shares two cores with all else is the machine's; alone it is within 50 ms.
  console.log(
    `the page opened ${openLateMs} ms after the instant, a timer by the true clock ran ${timerLateMs} ms after it`,
  );
  expect(openLateMs).toBeGreaterThan(-50);
  expect(openLateMs).toBeLessThan(1_000);
  await has(told(page), '五芳斋的红包开抢了');
  await dropCard(page, drop).getByTestId('drop-card').click();
  await until('the cover is on the envelope', () =>
    page.getByTestId('envelope-cover').evaluate((img: HTMLImageElement) => img.naturalWidth > 0),
  );
  await page.getByTestId('packet-open').click();
  await outcome(page, 'won').waitFor();
  const shown = await amountOf(page.getByTestId('grab-amount'));
  expect(shown).toBe(88);
  expect(await claimsOf(stage, drop)).toEqual(new Map([[mei.userId, shown]]));
  await page.getByTestId('see-all').click();
  expect(await amountOf(page.getByTestId('claim-row'))).toBe(shown);
  await page.keyboard.press('Escape');
  await has(dropCard(page, drop, 'won'), '你抢到了 ¥0.88');
  await dropCard(page, drop).getByTestId('drop-dismiss').click();
  await dropCard(page, drop).waitFor({ state: 'detached' });
});

it('who comes late, and who was away at the announcement, see what is announced and what is open', async () => {
  const [mei, bo] = await signInMany(url, 2);
  const stage = await stageFor([mei!, bo!]);
  const link = new BreakableLink();
  const away = await look({
    person: mei!,
    roomId: stage.roomId,
    prepare: link.lay,
    expected: BreakableLink.complaints,
  });
  await has(away.getByTestId('wallet-open'), '¥');
  await link.cut();
  const soon = await planDrop(stage, { inMs: 2_000 });
  const later = await planDrop(stage, { inMs: 600_000 });
  await dropIs(stage, soon, 'open');
  const late = await look({ person: bo!, phone: true });
  await late.getByTestId('room-back').click();
  await dropCard(late, soon, 'open').waitFor();
  await has(dropCard(late, later, 'announced'), /Opens in\s*(10:00|9:\d\d)/);
  link.mend();
  await away.getByTestId('connection-banner').getByRole('button').click();
  await dropCard(away, soon, 'open').waitFor();
  await dropCard(away, later, 'announced').waitFor();

  await stage.brand.post(`/campaigns/${later.campaignId}/cancel`);
  await dropCard(late, later, 'over').waitFor();
});

it('a quiz says in words that an answer is wrong, keeps the answers, and opens to the right ones', async () => {
  const mei = await signIn(url);
  const stage = await stageFor([mei]);
  const page = await look({ person: mei, roomId: stage.roomId });
  const drop = await planDrop(stage, {
    inMs: 1_000,
    gates: [QUIZ, { kind: 'password', phrase: '粽情端午' }],
  });
  await dropCard(page, drop, 'open').getByTestId('drop-card').click();
  await page.getByTestId('packet-open').click();
  await page.getByTestId('gate-submit').click();
  await has(page.getByTestId('gate-problem').first(), 'Choose an answer to every question.');
  await choose(page, '荷叶');
  await choose(page, '嘉兴');
  await page.getByTestId('gate-password').fill('粽 情 端 午');
  await page.getByTestId('gate-submit').click();
  await has(page.getByTestId('gate-problem'), 'Not every answer is right.');
  expect(await page.getByLabel('嘉兴', { exact: true }).isChecked()).toBe(true);
  expect(await page.getByTestId('gate-password').inputValue()).toBe('粽 情 端 午');
  await choose(page, '箬叶');
  await page.getByTestId('gate-submit').click();
  await outcome(page, 'won').waitFor();
  expect(await claimsOf(stage, drop)).toEqual(new Map([[mei.userId, 88]]));
});

it('a quiz with one try is over after a wrong one', async () => {
  const mei = await signIn(url);
  const stage = await stageFor([mei]);
  const page = await look({ person: mei, roomId: stage.roomId });
  const drop = await planDrop(stage, { inMs: 1_000, gates: [{ ...QUIZ, triesMax: 1 }] });
  await dropCard(page, drop, 'open').getByTestId('drop-card').click();
  await page.getByTestId('packet-open').click();
  await has(page.getByTestId('gate-form'), '1 try at most');
  await choose(page, '荷叶');
  await choose(page, '嘉兴');
  await page.getByTestId('gate-submit').click();
  await has(page.getByTestId('gate-problem'), 'Not every answer is right.');
  await choose(page, '箬叶');
  await page.getByTestId('gate-submit').click();
  await has(outcome(page, 'not_eligible'), 'No tries are left.');
});

it('a place asks for the location only after a tap, takes a refusal, and opens there', async () => {
  const mei = await signIn(url);
  const stage = await stageFor([mei]);
  const page = await look({ person: mei, roomId: stage.roomId, phone: true });
  const drop = await planDrop(stage, {
    inMs: 1_000,
    gates: [
      { kind: 'place', lat: 30.7522, lng: 120.7595, radiusMeters: 200, clue: 'The pavilion on the lake' },
    ],
  });
  await dropCard(page, drop, 'open').getByTestId('drop-card').click();
  await page.getByTestId('packet-open').click();
  await has(page.getByTestId('gate-form'), /The pavilion on the lake.*will ask for your location/s);
  await page.getByTestId('gate-locate').click();
  await has(page.getByTestId('gate-problem'), 'Location is blocked for this page.');

  const context = page.context();
  await context.grantPermissions(['geolocation']);
  const tryFrom = async (latitude: number) => {
    await context.setGeolocation({ latitude, longitude: 120.7595, accuracy: 15 });
    await page.getByTestId('gate-locate').click();
    await has(page.getByTestId('gate-located'), 'within about 15 m');
    await page.getByTestId('gate-submit').click();
  };
  await tryFrom(30.2);
  await has(page.getByTestId('gate-problem'), 'You are not at the place yet');
  await tryFrom(30.7525);
  await outcome(page, 'won').waitFor();
});

it('a packet sent into a room with a password phrase opens to that phrase alone', async () => {
  const [mei, bo] = await signInMany(url, 2);
  const { roomId } = await mei!.http.createRoom('Password room');
  await mei!.http.addMembers(roomId, [bo!.userId]);
  await mei!.http.topUp({ amount: 1_000, currency: 'CNY', provider: 'sandbox' });
  const [sender, page] = await Promise.all([
    look({ person: mei!, roomId }),
    look({ person: bo!, roomId, phone: true, chinese: true }),
  ]);
  await sender.getByTestId('open-send-sheet').click();
  await sender.getByTestId('send-amount').fill('8.88');
  await sender.getByTestId('send-count').fill('1');
  await sender.getByTestId('send-phrase').fill('Gong Xi');
  await sender.getByTestId('send-hint').fill('two words');
  await sender.getByTestId('send-submit').click();
  await has(card(page, 'open'), '口令红包');
  await card(page, 'open').click();
  await page.getByTestId('packet-open').click();
  await has(page.getByTestId('gate-form'), '提示：two words');
  await page.getByTestId('gate-password').fill('gong fa');
  await page.keyboard.press('Enter');
  await has(page.getByTestId('gate-problem'), '口令不对');
  await page.getByTestId('gate-password').fill('ＧＯＮＧ ｘｉ');
  await page.keyboard.press('Enter');
  await outcome(page, 'won').waitFor();
  expect(await amountOf(page.getByTestId('grab-amount'))).toBe(888);
});

it('a cover that does not load leaves the plain envelope', async () => {
  const mei = await signIn(url);
  const stage = await stageFor([mei]);
  const coverId = await stage.brand.cover(await paintCover('端午'));
  const page = await look({
    ...{ person: mei, roomId: stage.roomId, expected: /Failed to load resource/ },
    prepare: async (context) => {
      await context.route('**/covers/**', (route) => route.abort());
    },
  });
  const drop = await planDrop(stage, { inMs: 1_000, coverId });
  await dropCard(page, drop, 'open').locator('.envelope-icon').waitFor();
  await dropCard(page, drop).getByTestId('drop-card').click();
  await page.getByTestId('packet-open').click();
  await outcome(page, 'won').waitFor();
  expect(await page.locator('img').count()).toBe(0);
});

it('what a campaign gave stands in the history, though it came through no room', async () => {
  const mei = await signIn(url);
  const stage = await stageFor([mei]);
  const talk = await connect(mei);
  await talk.joinRoom(stage.roomId);
  const drop = await planDrop(stage, { inMs: 500 });
  await dropIs(stage, drop, 'open');
  const { packets } = await talk.packetsList();
  expect((await talk.grab(packets[0]!.packetId)).outcome).toBe('won');
  const page = await look({ person: mei, roomId: stage.roomId });
  await until('the claim is in the ledger', async () => (await mei.http.entries()).length === 1);
  await page.getByTestId('history-open').click();
  await has(page.getByTestId('history-line'), /From 五芳斋.*¥0\.88/s);
});
