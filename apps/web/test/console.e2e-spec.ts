import { expect, it } from 'vitest';
import { availableOf, signIn, signInMany, until } from '@app/testing';
import { BrandScene, typedInstant } from './console-scene.js';
import { field, has, problemAt, url, useConsoleVisits, valueOf } from './console-visits.js';

const { open } = useConsoleVisits();
const SLOW_MS = 120_000;
const IN_A_REHEARSAL_MS = 60_000;

it(
  'a marketer makes a brand, plans a drop with a quiz, and rehearses it with play money',
  async () => {
    const page = await open('/console');
    await page.getByTestId('sign-in-name').fill('Mei');
    await page.keyboard.press('Enter');
    await field(page, 'name').fill('Wufangzhai');
    await page.getByTestId('create-brand').click();
    await page.getByTestId('new-campaign').click();
    await field(page, 'name').fill('Dragon Boat');
    await field(page, 'budget').fill('1000');
    await page.getByTestId('create-campaign').click();
    await has(page.getByRole('heading', { level: 1 }), 'Dragon Boat');

    await page.getByTestId('add-drop').click();
    await field(page, 'packet.amount').fill('888');
    await field(page, 'packet.count').fill('100');
    await has(page.getByTestId('packet.mean'), '¥8.88 a share on average');
    await page.getByTestId('add-gate-quiz').click();
    await field(page, 'gates.0.questions.0.text').fill('What is in a zongzi?');
    await field(page, 'gates.0.questions.0.options.0').fill('Rice');
    await field(page, 'gates.0.questions.0.options.1').fill('Noodles');
    await page.getByTestId('drop-form').getByTestId('preview-gate').check();
    await has(page.getByTestId('drop-form').getByTestId('preview'), /What is in a zongzi\?.*Rice.*Noodles/);
    await page.getByTestId('save-drop').click();
    await has(page.getByTestId('drop-block'), /¥888\.00 \/ 100.*Quiz/);
    await has(page.getByTestId('budget-bar'), '¥112.00 free');

    await page.getByTestId('rehearse').click();
    await page.getByTestId('rehearse-submit').click();
    await page.getByTestId('rehearsal-note').waitFor();
    await until(
      'robots win',
      async () => (await valueOf(page.getByTestId('winners'))) > 0,
      IN_A_REHEARSAL_MS,
    );
    await has(page.getByTestId('refusals'), 'Wrong answer');
    await page.locator('.chart canvas').first().waitFor();
    await page.getByTestId('tab-report').click();
    await page.locator('[data-testid="state"][data-state="ended"]').waitFor({ timeout: IN_A_REHEARSAL_MS });
    await page.locator('[data-testid="verdict"][data-matches="true"]').waitFor();
    await has(page.getByTestId('sums'), 'play');
    await page.getByRole('link', { name: 'To the campaign itself' }).click();
    await page.locator('[data-testid="state"][data-state="draft"]').waitFor();
  },
  SLOW_MS,
);

it(
  'a campaign is paid for, runs, is paused and resumed, and its report agrees with the ledger to the fen',
  async () => {
    const owner = await signIn(url, 'owner');
    const people = await signInMany(url, 4, 'guest');
    const clients = await Promise.all(people.map((person) => person.connect()));
    const brand = await BrandScene.found(url, owner);
    const page = await open(brand.path, { person: owner, expected: /409/ });
    await page.getByTestId('new-campaign').click();
    await field(page, 'name').fill('Spring evening');
    await field(page, 'budget').fill('30');
    await field(page, 'startsAt').fill(typedInstant(0));
    await field(page, 'endsAt').fill(typedInstant(50_000));
    await page.getByTestId('create-campaign').click();

    await page.getByTestId('add-drop').click();
    await field(page, 'opensAt').fill(typedInstant(12_000));
    await field(page, 'announceSeconds').fill('0');
    await page.getByTestId('packet.kind-fixed').check();
    await field(page, 'packet.amount').fill('20');
    await field(page, 'packet.count').fill('4');
    await page.getByTestId('save-drop').click();
    await page.getByTestId('drop-block').waitFor();

    await page.getByTestId('schedule').click();
    await has(page.getByTestId('missing'), '¥30.00');
    await page.getByTestId('top-up').click();
    await has(page.getByTestId('money-move'), /¥30\.00.*−¥30\.00.*¥0\.00/);
    await page.getByTestId('schedule-submit').click();
    await page.locator('[data-testid="state"][data-state="running"]').waitFor();
    expect(await brand.available()).toBe(0);
    for (const path of ['budget', 'startsAt', 'coverId'])
      expect(await field(page, path).isDisabled()).toBe(true);
    expect(await field(page, 'greeting').isDisabled()).toBe(false);

    await page.getByTestId('tab-live').click();
    const campaignId = new URL(page.url()).pathname.split('/')[3]!;
    const packetId = await brand.openPacket(campaignId);
    expect((await clients[0]!.grab(packetId)).outcome).toBe('won');
    await page.getByTestId('pause').click();
    await page.getByTestId('resume').waitFor();
    expect(await clients[1]!.grab(packetId)).toMatchObject({ outcome: 'not_eligible', reason: 'paused' });
    await until('the winner is shown', async () => (await valueOf(page.getByTestId('winners'))) === 1);
    await page.getByTestId('resume').click();
    await page.getByTestId('pause').waitFor();
    for (const client of clients.slice(1, 3)) expect((await client.grab(packetId)).outcome).toBe('won');
    await until('three winners are shown', async () => (await valueOf(page.getByTestId('winners'))) === 3);
    await until('three shares are settled', async () => (await valueOf(page.getByTestId('spent'))) === 1_500);

    await page.getByTestId('tab-report').click();
    await page.locator('[data-testid="state"][data-state="ended"]').waitFor({ timeout: 60_000 });
    await until('the rest went back', async () => (await brand.available()) === 1_500, 30_000);
    for (const [name, amount] of [
      ['spent', 1_500],
      ['refunded', 1_500],
      ['held', 0],
    ] as const) {
      await page.locator(`[data-sum="${name}"][data-here="${amount}"][data-ledger="${amount}"]`).waitFor();
    }
    await page.locator('[data-testid="verdict"][data-matches="true"]').waitFor();
    expect(await valueOf(page.getByTestId('cost-per-winner'))).toBe(500);
    expect(await availableOf(people[0]!)).toBe(500);

    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByTestId('download-claims').click(),
    ]);
    expect(file.suggestedFilename()).toBe('Spring-evening-claims.csv');
    const lines = Buffer.concat(await (await file.createReadStream()).toArray())
      .toString('utf8')
      .trim()
      .split('\n');
    expect(lines.length).toBe(4);
    for (const client of clients) client.close();
  },
  SLOW_MS,
);

it('cancelling asks for the name of the campaign, and gives back what was not spent', async () => {
  const owner = await signIn(url, 'owner');
  const brand = await BrandScene.found(url, owner);
  await brand.topUp(2_000_000);
  const campaignId = await brand.campaign({ name: 'Too early' });
  await brand.drop(campaignId, 1_800_000);
  await brand.post(`/campaigns/${campaignId}/schedule`);
  const page = await open(`/console/c/${campaignId}/live`, { person: owner });
  await page.getByTestId('cancel').click();
  await has(page.getByTestId('confirm'), '¥10,000.00');
  expect(await page.getByTestId('confirm-submit').isDisabled()).toBe(true);
  await page.getByTestId('confirm-typed').fill('Too early');
  await page.keyboard.press('Enter');
  await page.locator('[data-testid="state"][data-state="cancelled"]').waitFor();
  await until('the budget is back', async () => (await brand.available()) === 2_000_000, 30_000);
});

it('what is wrong stands beside its field, also when only the server can know', async () => {
  const owner = await signIn(url, 'owner');
  const brand = await BrandScene.found(url, owner);
  const campaignId = await brand.campaign();
  const page = await open(`/console/c/${campaignId}/edit`, { person: owner, expected: /400/ });
  await page.getByTestId('add-drop').click();
  await page.getByTestId('packet.kind-fixed').check();
  await field(page, 'packet.amount').fill('10');
  await field(page, 'packet.count').fill('3');
  await page.getByTestId('save-drop').click();
  await has(problemAt(page, 'packet.amount'), '¥9.99 or ¥10.02 would');
  await field(page, 'packet.amount').fill('20000');
  await has(problemAt(page, 'packet.amount'), /at most ¥200\.00/);
  await field(page, 'packet.amount').fill('9.99');
  await page.getByTestId('audience-room').check();
  await field(page, 'audience.roomId').fill(campaignId);
  await page.getByTestId('save-drop').click();
  await has(problemAt(page, 'audience.roomId'), 'There is no such room or list.');
  expect(await field(page, 'audience.roomId').getAttribute('aria-invalid')).toBe('true');
  await page.getByTestId('audience-everyone').check();
  await page.getByTestId('save-drop').click();
  await page.getByTestId('drop-block').waitFor();
});

it('an uploaded list says which lines it left out, and a drop can be for it', async () => {
  const owner = await signIn(url, 'owner');
  const brand = await BrandScene.found(url, owner);
  const campaignId = await brand.campaign();
  const page = await open(`/console/c/${campaignId}/edit`, { person: owner });
  await page.getByTestId('add-drop').click();
  await field(page, 'packet.amount').fill('10');
  await field(page, 'packet.count').fill('10');
  await page.getByTestId('audience-list').check();
  await page.getByTestId('upload-here').click();
  const upload = page.getByTestId('list-upload');
  await upload.getByTestId('field-name').fill('Gold members');
  const lines = ['user-1', 'not an id', 'user-2', 'user-1'].join('\n');
  await upload
    .getByTestId('field-file')
    .setInputFiles({ name: 'gold.csv', mimeType: 'text/csv', buffer: Buffer.from(lines) });
  await upload.getByTestId('upload-list').click();
  await has(page.getByTestId('list-accepted'), '2 people in the list.');
  await has(page.getByTestId('rejected'), /2.*Not a user ID.*4.*Was there before/);
  await has(field(page, 'audience.audienceId'), 'Gold members (2)');
  await page.getByTestId('save-drop').click();
  await page.getByTestId('save-drop').waitFor({ state: 'detached' });
  await page.getByTestId('drops-view-list').check();
  await has(page.getByTestId('drops'), 'Gold members');
});

it('a viewer sees everything and has nothing to press', async () => {
  const [owner, viewer] = await signInMany(url, 2);
  const brand = await BrandScene.found(url, owner!);
  await brand.topUp(2_000_000);
  await brand.addMember(viewer!.userId, 'viewer');
  const campaignId = await brand.campaign();
  await brand.drop(campaignId, 1_800_000);
  await brand.post(`/campaigns/${campaignId}/schedule`);
  const page = await open(brand.path, { person: viewer! });
  await page.getByTestId('campaign-link').click();
  await page.getByTestId('viewer-note').waitFor();
  await page.getByTestId('tab-edit').click();
  await page.getByTestId('drop-block').waitFor();
  for (const name of ['pause', 'cancel', 'rehearse', 'schedule', 'add-drop', 'save-details']) {
    expect(await page.getByTestId(name).count(), name).toBe(0);
  }
  expect(await field(page, 'name').isDisabled()).toBe(true);
  await page.getByTestId('drop-block').click();
  expect(await page.getByTestId('save-drop').count()).toBe(0);
});

it('a stranger finds neither the brand nor its campaign', async () => {
  const [owner, stranger] = await signInMany(url, 2);
  const brand = await BrandScene.found(url, owner!);
  const campaignId = await brand.campaign();
  const page = await open(`/console/c/${campaignId}`, { person: stranger!, expected: /404/ });
  await has(page.locator('h1'), 'This campaign does not exist');
  await page.goto(`${url}${brand.path}`);
  await has(page.locator('h1'), 'This brand does not exist');
});
