import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../model/result.ts';
import { openBrowser, openReport } from '../open-page.ts';
import { count, inUnit, ms, percent, perSecond, yuan, bytes, clock } from '../page/format.ts';
import { renderReport } from '../render.ts';
import { sampleResult } from '../test-sample.ts';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const TABS_MAX = 60;
let browser: Browser;
let folder: string;
let files = 0;

beforeAll(async () => {
  browser = await openBrowser();
  folder = await mkdtemp(join(tmpdir(), 'report-'));
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(result: Result, options: BrowserContextOptions & { earlier?: Result } = {}) {
  const { earlier, ...context } = options;
  const path = join(folder, `${(files += 1)}.html`);
  await writeFile(path, await renderReport(result, earlier));
  return openReport(browser, path, context);
}

/** Of each chart, how many of its pixels are painted. */
const paintedOf = (page: Page) =>
  page.evaluate<
    { id: string; painted: number }[]
  >(`[...document.querySelectorAll('[data-chart]')].map((chart) => {
    const canvas = chart.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let painted = 0;
    for (let k = 3; k < data.length; k += 4) if (data[k] > 0) painted += 1;
    return { id: chart.dataset.chart, painted };
  })`);
const widthOf = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth');
const textOf = async (page: Page) => (await page.locator('main').textContent()) ?? '';

describe('a report opened from the disk', () => {
  it.each(['light', 'dark'] as const)(
    'draws all its charts, asks nobody and complains of nothing (%s)',
    async (colorScheme) => {
      const { page, complaints } = await open(sampleResult({ seconds: 60 }), { colorScheme });
      const charts = await paintedOf(page);
      expect(charts.map(({ id }) => id)).toEqual(
        expect.arrayContaining([
          'load',
          'outcomes',
          'time-grab.open',
          'time-grab.soldOut',
          'time-grab.duplicate',
        ]),
      );
      expect(charts.length).toBeGreaterThan(18);
      expect(charts.filter(({ painted }) => painted < 1_000)).toEqual([]);
      const paper = await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
      const [red] = paper.match(/\d+/g)!.map(Number);
      expect(red! < 60).toBe(colorScheme === 'dark');
      expect(complaints).toEqual([]);
    },
  );

  it('changes its charts with the light of the system', async () => {
    const { page } = await open(sampleResult({ seconds: 20 }));
    const ink = () =>
      page.evaluate<string>(`document.querySelector('[data-chart="load"] canvas').toDataURL()`);
    const light = await ink();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(ink).not.toBe(light);
  });

  it('fits a phone without scrolling sideways, whatever it has to say', async () => {
    for (const result of [sampleResult({ seconds: 60 }), sampleResult({ seconds: 60, trouble: true })]) {
      const { page, complaints } = await open(result, {
        ...PHONE,
        earlier: sampleResult({ seconds: 30, seed: 2 }),
      });
      expect(await widthOf(page)).toBe(PHONE.viewport.width);
      expect(complaints).toEqual([]);
    }
  });

  it('says in words how it went', async () => {
    const { page: good } = await open(sampleResult({ seconds: 20 }));
    expect(await good.getByTestId('judgement').textContent()).toContain('It held: every goal was met.');
    const { page: bad } = await open(sampleResult({ seconds: 20, trouble: true }));
    const says = await bad.getByTestId('judgement').textContent();
    for (const part of [
      '2 of 3 goals missed',
      'The money does not add up',
      'k6 or its machine was at its limit',
    ])
      expect(says).toContain(part);
    expect(await bad.getByTestId('breakpoint').textContent()).toContain('gateway at 98 % of a core');
    expect(await bad.getByTestId('incomplete').count()).toBe(1);
    expect(await good.locator('[data-testid="incomplete"], [data-testid="breakpoint"]').count()).toBe(0);
  });

  it('warns when it is compared with a run that is not like it', async () => {
    const earlier = sampleResult({ seconds: 30 });
    const { page } = await open(sampleResult({ seconds: 60, slowness: 0.5 }), { earlier });
    expect(await page.getByTestId('compared').textContent()).toContain(
      'the length of the load: 30 s then, 60 s now',
    );
    expect(await page.locator('.figure .change').count()).toBe(8);
    expect(await page.locator('#figures').textContent()).toMatch(/was .+\sms: −\d+\s%, better/);
  });
});

/** Everything in the result but its curves: words as they are, numbers as they may be written. */
function promised(value: unknown, path: string[] = []): { path: string; forms: string[] }[] {
  const at = path.join('.');
  if (/^(series|version|startedAt|machine\.sameAsTarget)$/.test(at)) return [];
  if (/^saturation\.\d+\.series\.\d+\.(values|unit|full)|^marks\.\d+\.kind/.test(at)) return [];
  if (typeof value === 'string') return [{ path: at, forms: [value] }];
  if (typeof value === 'number') {
    const forms = [count, ms, percent, perSecond, yuan, bytes, clock, String].map((form) => form(value));
    return [{ path: at, forms: [...forms, inUnit(value, '%')] }];
  }
  if (value === null || typeof value !== 'object') return [];
  const keys = /^(totals\.(outcomes|errors|pushes)|versions|people\.failed|money\.audit\.checked)$/.test(at)
    ? Object.keys(value)
    : [];
  return [
    ...keys.map((key) => ({ path: `${at}.${key} (its name)`, forms: [key] })),
    ...Object.entries(value).flatMap(([key, each]) => promised(each, [...path, key])),
  ];
}

describe('what the result holds', () => {
  it.each([false, true])('stands on the page, every word and every number (trouble: %s)', async (trouble) => {
    const result = sampleResult({ seconds: 60, trouble });
    const { page } = await open(result);
    const plain = (text: string) => text.replaceAll('\u00a0', ' ');
    const text = plain(await textOf(page));
    const missing = promised(result).filter(({ forms }) => !forms.some((form) => text.includes(plain(form))));
    // Saturation's names are split over titles and lines where they share a first word, and told where they are nothing.
    expect(missing.filter(({ path }) => !path.startsWith('saturation.'))).toEqual([]);
    for (const { process } of result.saturation) expect(text).toContain(process);
  });

  it('is shown as text and never run', async () => {
    const bad = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`;
    const result = sampleResult({ seconds: 20 });
    result.title = result.about = bad;
    result.sources = [bad];
    result.verdicts[0]!.because = bad;
    result.marks[0]!.what = bad;
    result.money.checks[0]!.detail = bad;
    result.totals.errors = { [bad]: 3 };
    result.series.errors = { [bad]: [3] };
    result.saturation[0]!.process = bad;
    const { page, complaints } = await open(result);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(bad);
    expect(await page.title()).toContain('<img src=x');
    expect(await page.locator('img, main script').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});

describe('the charts', () => {
  const chart = (page: Page, id: string) =>
    page.locator('figure', { has: page.locator(`[data-chart="${id}"]`) });

  it('show the values of the second that is pointed at, in every chart at once', async () => {
    const result = sampleResult({ seconds: 60 });
    const { page } = await open(result);
    const over = page.locator('[data-chart="load"] .u-over');
    await over.scrollIntoViewIfNeeded();
    const { x, y, width } = (await over.boundingBox())!;
    await page.mouse.move(x + (width * 30.4) / 60, y + 40);
    await expect.poll(() => chart(page, 'load').locator('.at').textContent()).toContain('0:30');
    const load = await chart(page, 'load').locator('.legend').textContent();
    expect(load).toContain(perSecond(result.series.offered[30]!));
    const open99 = result.series.times['grab.open']!.p99[30]!;
    expect(await chart(page, 'time-grab.open').locator('.at').textContent()).toContain('0:30 · 12:00:30 UTC');
    expect(await chart(page, 'time-grab.open').locator('.legend').textContent()).toContain(ms(open99));
    await page.mouse.move(x - 40, y - 200);
    await expect.poll(() => chart(page, 'load').locator('.at').textContent()).toBe('');
  });

  it('are looked at more closely by dragging, and wholly again by a button', async () => {
    const { page } = await open(sampleResult({ seconds: 60 }));
    const over = page.locator('[data-chart="load"] .u-over');
    await over.scrollIntoViewIfNeeded();
    const { x, y, width } = (await over.boundingBox())!;
    await page.mouse.move(x + width / 4, y + 40);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + 40, { steps: 4 });
    await page.mouse.up();
    const whole = page.getByRole('button', { name: 'Show the whole run' });
    await whole.click();
    await expect.poll(() => whole.isVisible()).toBe(false);
  });

  it('hide and show a line by its name', async () => {
    const { page } = await open(sampleResult({ seconds: 20 }));
    const won = chart(page, 'outcomes').getByRole('button', { name: /^won/ });
    const painted = async () => (await paintedOf(page)).find(({ id }) => id === 'outcomes')!.painted;
    const before = await painted();
    await won.click();
    expect(await won.getAttribute('aria-pressed')).toBe('false');
    // The axis follows what is left, so that the picture is another, larger or smaller.
    await expect.poll(async () => Math.abs((await painted()) / before - 1)).toBeGreaterThan(0.03);
    await won.click();
    await expect.poll(async () => Math.abs((await painted()) / before - 1)).toBeLessThan(0.005);
  });

  it('are reached by the keyboard, and the arrows say what stands at a second', async () => {
    const result = sampleResult({ seconds: 20 });
    const { page } = await open(result);
    const focused = () => page.evaluate<string | undefined>('document.activeElement.dataset.chart');
    for (let tabs = 0; tabs < TABS_MAX && (await focused()) !== 'load'; tabs += 1)
      await page.keyboard.press('Tab');
    expect(await focused()).toBe('load');
    expect(await page.locator('[data-chart="load"]').getAttribute('aria-label')).toContain(
      'Grabs offered: most',
    );
    for (let steps = 0; steps < 4; steps += 1) await page.keyboard.press('ArrowRight');
    const status = page.locator('[role="status"]');
    expect(await status.textContent()).toContain(
      `0:03: Grabs offered ${perSecond(result.series.offered[3]!)}`,
    );
    expect(await chart(page, 'sockets').locator('.at').textContent()).toContain('0:03');
  });
});
