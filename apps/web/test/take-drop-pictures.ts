import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { HongbaoClient } from '@app/client';
import { signIn, until, type TestPerson } from '@app/testing';
import { openBrowser, visit } from './browser.js';
import { dropCard, paintCover, planDrop, setStage, type Stage } from './drop-scene.js';

/** Makes the pictures of campaign drops on the chat page from a running service: `npx tsx apps/web/test/take-drop-pictures.ts [url]`. */
const url = process.argv[2] ?? 'http://127.0.0.1:8080';
const folder = fileURLToPath(new URL('../../../docs/pictures/', import.meta.url));

const STORIES = {
  zh: {
    ...{
      brand: '五芳斋',
      room: '陈家大院',
      cover: '端午安康',
      host: '外婆',
      cousin: '阿杰',
      viewers: ['小美', '表姐'],
    },
    talk: ['粽子煮好了，快回来！', '在路上啦', '今晚五芳斋有红包雨，别忘了'],
    ...{
      evening: '粽情端午，好礼相送',
      quiz: '答对两题，领端午红包',
      rain: '端午红包雨',
      shake: '摇出好彩头',
    },
    questions: [
      { text: '包粽子最常用的是哪一种叶？', options: ['箬叶', '荷叶', '梧桐叶'], answer: 0 },
      { text: '五芳斋从哪座城开始？', options: ['绍兴', '嘉兴', '无锡'], answer: 1 },
    ],
    chosen: ['箬叶', '绍兴'],
  },
  en: {
    ...{ brand: 'Wufangzhai', room: 'The Chen family', cover: 'Duanwu' },
    ...{ host: 'Grandma', cousin: 'Jay', viewers: ['Mei Chen', 'Lan'] },
    talk: ['The zongzi are ready, come home!', 'Ten minutes away', 'Wufangzhai has a packet rain tonight'],
    ...{ evening: 'A Dragon Boat gift for you', quiz: 'Two questions, one red packet' },
    ...{ rain: 'Dragon Boat rain', shake: 'Shake for good luck' },
    questions: [
      {
        text: 'Which leaf are zongzi mostly wrapped in?',
        options: ['Bamboo', 'Lotus', 'Plane tree'],
        answer: 0,
      },
      { text: 'In which city did Wufangzhai begin?', options: ['Shaoxing', 'Jiaxing', 'Wuxi'], answer: 1 },
    ],
    chosen: ['Bamboo', 'Shaoxing'],
  },
} as const;
const FALLING_MS = 3_500;
type Language = keyof typeof STORIES;

interface Window {
  page: Page;
  /** How its pictures' names end. */
  name: string;
}

async function take({ page, name }: Window, scene: string, still = true): Promise<void> {
  if (still) {
    await until('nothing moves', () =>
      page.evaluate(() =>
        document
          .getAnimations()
          .every(
            ({ playState, effect }) => playState !== 'running' || effect?.getTiming().iterations === Infinity,
          ),
      ),
    );
  }
  const file = `drops-${scene}-${name}.png`;
  // A palette keeps some twenty pictures of gradients small enough for a repository.
  const picture = sharp(await page.screenshot()).png({ palette: true, quality: 92, effort: 8 });
  await writeFile(join(folder, file), await picture.toBuffer());
  process.stdout.write(`docs/pictures/${file}\n`);
}

async function named(userName: string): Promise<TestPerson> {
  const person = await signIn(url);
  const { token } = await person.http.devToken({ userId: person.userId, name: userName });
  const connect = () => HongbaoClient.connect({ url, token });
  return { ...person, name: userName, token, connect, http: person.http.withToken(token) };
}

async function say(stage: Stage, language: Language, cousin: TestPerson): Promise<void> {
  const { owner, roomId } = stage;
  const [first, second] = await Promise.all([owner.connect(), cousin.connect()]);
  await Promise.all([first.joinRoom(roomId), second.joinRoom(roomId)]);
  for (const [at, text] of STORIES[language].talk.entries()) {
    await (at === 1 ? second : first).postMessage(roomId, text);
  }
  first.close();
  second.close();
}

async function openWindows(browser: Browser, language: Language, stage: Stage, people: TestPerson[]) {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const open = async (person: TestPerson, phone: boolean): Promise<Window> => {
    const density = phone ? 1.5 : 1;
    const { page } = await visit(browser, { url, locale, person, roomId: stage.roomId, phone, density });
    await page.getByTestId('message').nth(2).waitFor();
    return { page, name: `${phone ? 'phone' : 'desktop'}-${language}` };
  };
  return Promise.all([open(people[0]!, false), open(people[1]!, true)]);
}

type Windows = readonly Window[];
const inEach = (windows: Windows, act: (window: Window) => Promise<unknown>) =>
  Promise.all(windows.map((window) => act(window)));

async function takeCountdown(windows: Windows, stage: Stage, language: Language, coverId: string) {
  const { evening, quiz, questions, chosen } = STORIES[language];
  const gates = [
    { kind: 'quiz' as const, questions: questions.map((one) => ({ ...one, options: [...one.options] })) },
  ];
  const drop = await planDrop(stage, { inMs: 1_000, greeting: quiz, gates, coverId });
  const later = await planDrop(stage, { inMs: 20_000, greeting: evening, coverId });
  await inEach(windows, async (window) => {
    const { page } = window;
    await dropCard(page, drop, 'open').waitFor();
    await take(window, 'announced');
    await page.locator('.drop.is-imminent').filter({ hasText: later.greeting }).waitFor({ timeout: 25_000 });
    await take(window, 'countdown', false);
    await dropCard(page, drop).getByTestId('drop-card').click();
    await page.getByTestId('packet-open').waitFor();
    await take(window, 'cover');
    await page.getByTestId('packet-open').click();
    for (const answer of chosen) await page.getByLabel(answer, { exact: true }).check();
    await page.getByTestId('gate-submit').click();
    await page.getByTestId('gate-problem').waitFor();
    await page.locator('.gates').evaluate((form) => form.scrollTo({ top: 0 }));
    await take(window, 'quiz');
    await page.keyboard.press('Escape');
    await dropCard(page, later, 'open').waitFor({ timeout: 20_000 });
  });
}

async function takeRain(windows: Windows, stage: Stage, language: Language, coverId: string): Promise<void> {
  await inEach(windows, ({ page }) => page.emulateMedia({ reducedMotion: 'no-preference' }));
  const drop = await planDrop(stage, {
    ...{ inMs: 3_000, greeting: STORIES[language].rain, coverId },
    packet: { kind: 'lucky', amount: 400_000, count: 2_000 },
    rain: { rounds: 2, roundSeconds: 12, gapSeconds: 20, catchesPerRound: 3 },
  });
  await inEach(windows, async (window) => {
    const { page } = window;
    await page.locator('[data-testid="rain"][data-stage="running"]').waitFor();
    // By then envelopes fall over the whole height.
    await until('some seconds have passed', () => Date.now() > drop.opensAtMs + FALLING_MS);
    await until('one is caught', async () => {
      await page.keyboard.press('Space');
      return (await page.locator('[data-testid="rain-latest"][data-kind="won"]').count()) > 0;
    });
    await take(window, 'rain', false);
    await until('the round is caught out', async () => {
      await page.keyboard.press('Space');
      return (await page.getByTestId('rain-round-sum').count()) > 0;
    });
    await take(window, 'rain-sum', false);
    await page.keyboard.press('Escape');
    await page.emulateMedia({ reducedMotion: 'reduce' });
  });
}

async function takeShake(windows: Windows, stage: Stage, language: Language): Promise<void> {
  const { shake } = STORIES[language];
  const drop = await planDrop(stage, { inMs: 1_000, greeting: shake, shake: { oddsPercent: 0.01 } });
  await inEach(windows, async (window) => {
    const { page } = window;
    await dropCard(page, drop, 'open').getByTestId('drop-card').click();
    await page.getByTestId('shake-button').click();
    await page.locator('[data-testid="shake-words"][data-last="missed"]').waitFor();
    await take(window, 'shake');
  });
}

async function takeAll(browser: Browser, language: Language): Promise<void> {
  const story = STORIES[language];
  const [host, cousin, ...viewers] = await Promise.all(
    [story.host, story.cousin, ...story.viewers].map(named),
  );
  const stage = await setStage(url, host!, [cousin!, ...viewers], story);
  await say(stage, language, cousin!);
  const coverId = await stage.brand.cover(await paintCover(story.cover));
  const windows = await openWindows(browser, language, stage, viewers);
  await takeCountdown(windows, stage, language, coverId);
  await takeRain(windows, stage, language, coverId);
  await takeShake(windows, stage, language);
  await inEach(windows, ({ page }) => page.context().close());
}

await mkdir(folder, { recursive: true });
const browser = await openBrowser();
for (const language of ['zh', 'en'] as const) await takeAll(browser, language);
await browser.close();
