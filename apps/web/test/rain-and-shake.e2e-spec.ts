import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { signIn, until, type TestPerson } from '@app/testing';
import { amountOf, fitsTheScreen, has, url, useChatVisits } from './chat-visits.js';
import { claimsOf, dropCard, planDrop, setStage, type Planned, type Stage } from './drop-scene.js';

const { look } = useChatVisits();

async function stageFor(person: TestPerson): Promise<Stage> {
  return setStage(url, await signIn(url, 'brand'), [person]);
}

const inStage = (page: Page, stage: string) => page.locator(`[data-testid="rain"][data-stage="${stage}"]`);

const RAIN = { rounds: 2, roundSeconds: 8, gapSeconds: 3, catchesPerRound: 2 };
const planRain = (stage: Stage, inMs: number, more: Partial<typeof RAIN> = {}): Promise<Planned> =>
  planDrop(stage, {
    inMs,
    packet: { kind: 'lucky', amount: 40_000, count: 400 },
    rain: { ...RAIN, ...more },
  });

/** Catches by the space bar until the round's sum is told. */
async function catchAll(page: Page): Promise<void> {
  await until('the round is caught out', async () => {
    await page.keyboard.press('Space');
    return (await page.getByTestId('rain-round-sum').count()) > 0;
  });
}

it('rain falls in rounds, is caught by the keyboard, and its sums are what was paid', async () => {
  const mei = await signIn(url);
  const stage = await stageFor(mei);
  const page = await look({ person: mei, roomId: stage.roomId, moving: true });
  const drop = await planRain(stage, 4_000);
  await has(dropCard(page, drop, 'announced'), 'Rain in');
  // It comes up by itself when the round begins.
  await inStage(page, 'running').waitFor();
  expect(Math.abs(Date.now() - drop.opensAtMs)).toBeLessThan(1_500);
  await catchAll(page);
  const first = await amountOf(page.getByTestId('rain-round-sum'));
  expect(await page.getByTestId('rain-round-sum').getAttribute('data-count')).toBe('2');
  await inStage(page, 'between').waitFor();
  await has(page.getByTestId('rain-round-sum'), 'Next round in');
  await inStage(page, 'running').waitFor();
  await catchAll(page);
  const second = await amountOf(page.getByTestId('rain-round-sum'));
  await page.getByTestId('rain-summary').waitFor({ timeout: 15_000 });
  expect(await amountOf(page.getByTestId('rain-summary'))).toBe(first + second);
  expect(await claimsOf(stage, drop)).toEqual(new Map([[mei.userId, first + second]]));
  await page.getByTestId('rain-finish').click();
  await dropCard(page, drop, 'won').waitFor();
});

it('an envelope is caught by a finger where it is seen', async () => {
  const mei = await signIn(url);
  const stage = await stageFor(mei);
  const page = await look({ person: mei, roomId: stage.roomId, moving: true, phone: true, chinese: true });
  await planRain(stage, 2_000, { rounds: 1, roundSeconds: 20, catchesPerRound: 1 });
  await inStage(page, 'running').waitFor();
  expect(await fitsTheScreen(page)).toBe(true);
  // A net of taps over the whole screen: what falls is under some of them.
  await until('one is caught', async () => {
    for (let x = 40; x < 390; x += 45) await page.touchscreen.tap(x, 200 + ((x * 7) % 400));
    return (await page.getByTestId('rain-round-sum').count()) > 0;
  });
  expect(await amountOf(page.getByTestId('rain-round-sum'))).toBeGreaterThan(0);
});

it('rain can be left at any time, does not come back by itself, and can be entered again', async () => {
  const mei = await signIn(url);
  const stage = await stageFor(mei);
  const page = await look({ person: mei, roomId: stage.roomId, moving: true });
  const drop = await planRain(stage, 2_000, { rounds: 2, roundSeconds: 5, gapSeconds: 1 });
  await inStage(page, 'running').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('rain').waitFor({ state: 'detached' });
  await has(dropCard(page, drop, 'open'), 'round 1 of 2');
  await has(dropCard(page, drop, 'open'), 'round 2 of 2');
  expect(await page.getByTestId('rain').count()).toBe(0);
  await dropCard(page, drop).getByTestId('drop-card').click();
  await inStage(page, 'running').waitFor();
});

it('without motion each envelope of the round is a button', async () => {
  const mei = await signIn(url);
  const stage = await stageFor(mei);
  const page = await look({ person: mei, roomId: stage.roomId, phone: true });
  const drop = await planRain(stage, 2_000, { rounds: 1, catchesPerRound: 3 });
  await inStage(page, 'running').waitFor();
  expect(await page.locator('canvas').count()).toBe(0);
  await page.getByTestId('rain-lane').nth(2).waitFor();
  expect(await page.getByTestId('rain-lane').count()).toBe(3);
  const wins = page.locator('[data-testid="rain-lane"][data-standing="won"]');
  for (const [before, at] of [1, 0, 2].entries()) {
    await until('this one is caught', async () => {
      // With the last one all of them go, perhaps in the midst of a click: so it is made in the page itself.
      await page
        .getByTestId('rain-lane')
        .evaluateAll((all, n) => (all[n] as HTMLElement | undefined)?.click(), at);
      return (await wins.count()) > before || (await page.getByTestId('rain-round-sum').count()) > 0;
    });
  }
  const sum = await amountOf(page.getByTestId('rain-round-sum'));
  expect(await claimsOf(stage, drop)).toEqual(new Map([[mei.userId, sum]]));
});

it('a shake that misses may be made again, and one that hits pays', async () => {
  const mei = await signIn(url);
  const stage = await stageFor(mei);
  const page = await look({ person: mei, roomId: stage.roomId, phone: true });
  const never = await planDrop(stage, { inMs: 1_000, shake: { oddsPercent: 0.01 } });
  await dropCard(page, never, 'open').getByTestId('drop-card').click();
  await page.getByTestId('shake-button').click();
  await page.locator('[data-testid="shake-words"][data-last="missed"]').waitFor();
  expect(await page.getByTestId('shake').getAttribute('data-tries')).toBe('1');
  await page.keyboard.press('Escape');

  const always = await planDrop(stage, { inMs: 1_000, shake: { oddsPercent: 100 } });
  await dropCard(page, always, 'open').getByTestId('drop-card').click();
  await page.getByTestId('shake').waitFor();
  // As a hand does it: five turns a second. A string, for the page knows nothing of what the test was compiled to.
  await page.evaluate(`(async () => {
    for (let n = 0; n < 8; n += 1) {
      const acceleration = { x: n % 2 ? 22 : -22, y: 0, z: 0 };
      window.dispatchEvent(new DeviceMotionEvent('devicemotion', { acceleration }));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })()`);
  await page.locator('[data-testid="grab-outcome"][data-outcome="won"]').waitFor();
  expect(await claimsOf(stage, always)).toEqual(new Map([[mei.userId, 88]]));
});
