import { describe, expect, it } from 'vitest';
import type { CampaignView, DropView, Problem } from '@app/contracts';
import { signIn, until } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';
import { Brand, call, iso, type Answered } from './campaign-scene.js';

const { url } = serviceUnderTest();
const BUDGET = 100_000;

/** `paths`: of the fields that the problem names. */
function refused({ status, code, body }: Answered<unknown>): [number, string | undefined, string[]] {
  return [status, code, ((body as Problem).issues ?? []).map(({ path }) => path)];
}

async function draft(fields: object = {}, funds = 1_000_000): Promise<{ brand: Brand; campaignId: string }> {
  const brand = await Brand.found(url, funds);
  return { brand, campaignId: await brand.campaign({ budget: BUDGET, ...fields }) };
}

const far = { opensAt: iso(1_800_000), announceSeconds: 0 };
const tenth = { ...far, packet: { kind: 'lucky', amount: BUDGET / 10, count: 10 } };

async function scheduled(): Promise<{ brand: Brand; campaignId: string }> {
  const scene = await draft();
  await scene.brand.drop(scene.campaignId, tenth);
  await scene.brand.post(`/campaigns/${scene.campaignId}/schedule`);
  return scene;
}

describe('a budget', () => {
  it('is not overrun by drops that are planned at once: those that fit are taken, all others refused', async () => {
    const { brand, campaignId } = await draft();
    const path = `/campaigns/${campaignId}/drops`;
    const body = { ...tenth, audience: { kind: 'everyone' } };
    const answers = await Promise.all(Array.from({ length: 40 }, () => brand.tried('POST', path, body)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(answers.filter(({ code }) => code === 'over_budget')).toHaveLength(30);
    expect(await brand.view(campaignId)).toMatchObject({ planned: BUDGET, budget: BUDGET, drops: 10 });
    const [drop] = await brand.get<DropView[]>(path);
    const larger = { ...body, packet: { kind: 'lucky', amount: BUDGET / 10 + 1, count: 10 } };
    expect(refused(await brand.tried('PATCH', `${path}/${drop!.dropId}`, larger))).toEqual([
      409,
      'over_budget',
      [],
    ]);
  });

  it('that is lowered while drops are planned never ends below them', async () => {
    const { brand, campaignId } = await draft();
    const path = `/campaigns/${campaignId}`;
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () =>
        brand.tried('POST', `${path}/drops`, { ...tenth, audience: { kind: 'everyone' } }),
      ),
      ...Array.from({ length: 5 }, () => brand.tried('PATCH', path, { budget: BUDGET / 2 })),
    ]);
    for (const { status, code } of answers) if (status >= 300) expect(code).toBe('over_budget');
    const { planned, budget } = await brand.view(campaignId);
    expect(planned).toBe(answers.slice(0, 10).filter(({ status }) => status === 201).length * (BUDGET / 10));
    expect(planned).toBeLessThanOrEqual(budget);
  });

  it.each([0, -1, 1.5, '10', 1e21, null, Number.MAX_SAFE_INTEGER + 1])('of %s is refused', async (budget) => {
    const brand = await Brand.found(url, 0);
    const body = {
      tenantId: brand.tenantId,
      name: 'x',
      currency: 'CNY',
      startsAt: iso(0),
      endsAt: iso(60_000),
    };
    expect(refused(await brand.tried('POST', '/campaigns', { ...body, budget }))).toEqual([
      400,
      'invalid_request',
      ['budget'],
    ]);
    const campaignId = await brand.campaign();
    if (budget === null) return;
    expect((await brand.tried('PATCH', `/campaigns/${campaignId}`, { budget })).code).toBe('invalid_request');
  });
});

describe('scheduling', () => {
  it('moves the budget once, whoever asks 50 times at once', async () => {
    const { brand, campaignId } = await draft();
    await brand.drop(campaignId, tenth);
    const schedule = () => brand.tried<{ state: string }>('POST', `/campaigns/${campaignId}/schedule`);
    const answers = await Promise.all(Array.from({ length: 50 }, schedule));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.state}`))).toEqual(
      new Set(['200 running']),
    );
    expect((await schedule()).body.state).toBe('running');
    expect(await brand.balance()).toMatchObject({ available: 1_000_000 - BUDGET, held: BUDGET });
  });

  it('needs the whole budget in the account of the brand, and of two that want the same money one gets it', async () => {
    const { brand, campaignId } = await draft({}, BUDGET - 1);
    await brand.drop(campaignId, tenth);
    const schedule = (id: string) => brand.tried('POST', `/campaigns/${id}/schedule`);
    expect(refused(await schedule(campaignId))).toEqual([409, 'insufficient_funds', []]);
    expect((await brand.view(campaignId)).state).toBe('draft');
    expect(await brand.balance()).toMatchObject({ available: BUDGET - 1, held: 0 });
    await brand.post(`/tenants/${brand.tenantId}/topups`, {
      amount: 1,
      currency: 'CNY',
      provider: 'sandbox',
    });
    const other = await brand.campaign({ budget: BUDGET });
    await brand.drop(other, tenth);
    const both = await Promise.all([schedule(campaignId), schedule(other)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await brand.balance()).toMatchObject({ available: 0, held: BUDGET });
  });

  it('needs a drop', async () => {
    const { brand, campaignId } = await draft();
    expect((await brand.tried('POST', `/campaigns/${campaignId}/schedule`)).code).toBe('wrong_state');
    expect((await brand.view(campaignId)).state).toBe('draft');
  });
});

describe('a campaign', () => {
  it('goes from scheduled to running at its start, and ends by itself: what it did not give is back at once', async () => {
    const { brand, campaignId } = await draft({ startsAt: iso(1_500), endsAt: iso(5_000) });
    const guest = await signIn(url);
    const opensAt = iso(2_500);
    const packet = { kind: 'fixed', amount: 10_000, count: 10 };
    const dropId = await brand.drop(campaignId, { opensAt, announceSeconds: 0, packet });
    expect(await brand.post(`/campaigns/${campaignId}/schedule`)).toEqual({ state: 'scheduled' });
    const { packetId } = await brand.opened(campaignId, dropId);
    expect((await brand.view(campaignId)).state).toBe('running');
    const client = await guest.connect();
    expect(await client.grab(packetId!)).toMatchObject({ outcome: 'won', amount: 1_000 });
    client.close();
    const ended = await brand.settledUp(campaignId);
    const lateMs = Date.now() - Date.parse(ended.endsAt);
    expect(ended).toMatchObject({ state: 'ended', spent: 1_000, refunded: BUDGET - 1_000 });
    expect(await brand.balance()).toMatchObject({ available: 1_000_000 - 1_000, held: 0 });
    expect(lateMs).toBeLessThan(15_000);
    expect((await brand.tried('POST', `/campaigns/${campaignId}/cancel`)).code).toBe('wrong_state');
    console.info(`a campaign that ended by itself was settled up ${lateMs} ms after its end`);
  });

  it('in each state allows what the state machine says, and changes nothing otherwise', async () => {
    const { brand, campaignId } = await draft();
    const word = async (step: string) => {
      const { status, code, body } = await brand.tried<{ state: string }>(
        'POST',
        `/campaigns/${campaignId}/${step}`,
      );
      return status === 200 ? body.state : code;
    };
    expect([await word('pause'), await word('resume')]).toEqual(['wrong_state', 'wrong_state']);
    await brand.drop(campaignId, tenth);
    expect([await word('schedule'), await word('resume')]).toEqual(['running', 'running']);
    expect((await brand.tried('DELETE', `/campaigns/${campaignId}`)).code).toBe('wrong_state');
    expect([await word('pause'), await word('pause'), await word('schedule')]).toEqual([
      'paused',
      'paused',
      'paused',
    ]);
    expect([await word('resume'), await word('pause'), await word('cancel')]).toEqual([
      'running',
      'paused',
      'cancelled',
    ]);
    expect([await word('cancel'), await word('schedule')]).toEqual(['cancelled', 'wrong_state']);
    expect([await word('pause'), await word('resume')]).toEqual(['wrong_state', 'wrong_state']);
    expect((await brand.tried('PATCH', `/campaigns/${campaignId}`, { name: 'x' })).code).toBe('wrong_state');
    expect((await brand.tried('DELETE', `/campaigns/${campaignId}`)).code).toBe('wrong_state');
    const body = { ...tenth, audience: { kind: 'everyone' } };
    expect((await brand.tried('POST', `/campaigns/${campaignId}/drops`, body)).code).toBe('wrong_state');
    await until('all is back', async () => (await brand.available()) === 1_000_000);
    expect((await brand.settledUp(campaignId)).refunded).toBe(BUDGET);
  });

  it('that is a draft is deleted with its drops, or cancelled', async () => {
    const { brand, campaignId } = await draft();
    await brand.drop(campaignId, tenth);
    expect((await brand.tried('DELETE', `/campaigns/${campaignId}`)).status).toBe(200);
    expect((await brand.tried('GET', `/campaigns/${campaignId}`)).status).toBe(404);
    const other = await brand.campaign();
    expect(await brand.post(`/campaigns/${other}/cancel`)).toEqual({ state: 'cancelled' });
    expect(await brand.balance()).toMatchObject({ available: 1_000_000, held: 0 });
  });
});

describe('an edit', () => {
  it('of a scheduled campaign is taken where it is safe, and else refused with the name of each field', async () => {
    const { brand, campaignId } = await scheduled();
    const edit = (fields: object) => brand.tried<CampaignView>('PATCH', `/campaigns/${campaignId}`, fields);
    const before = await brand.view(campaignId);
    const later = iso(7_200_000);
    expect((await edit({ name: '新名', greeting: '端午安康', endsAt: later })).body).toMatchObject({
      ...{ name: '新名', greeting: '端午安康', endsAt: later, state: 'running' },
    });
    expect(refused(await edit({ name: '又名', endsAt: iso(3_000_000) }))).toEqual([
      409,
      'not_editable',
      ['endsAt'],
    ]);
    const fields = { brand: 'x', budget: 1, startsAt: iso(60_000), caps: {}, coverId: null };
    for (const [field, value] of Object.entries(fields)) {
      expect(refused(await edit({ [field]: value }))).toEqual([409, 'not_editable', [field]]);
    }
    const [status, code, paths] = refused(await edit({ ...fields, name: '又名' }));
    expect([status, code, paths.sort()]).toEqual([409, 'not_editable', Object.keys(fields).sort()]);
    expect(await brand.view(campaignId)).toEqual({
      ...before,
      name: '新名',
      greeting: '端午安康',
      endsAt: later,
    });
  });

  it.each([
    'state',
    'balance',
    'spent',
    'refunded',
    'planned',
    'reserved',
    'currency',
    'tenantId',
    'campaignId',
  ])('of %s is no edit', async (field) => {
    const { brand, campaignId } = await draft();
    expect((await brand.tried('PATCH', `/campaigns/${campaignId}`, { [field]: 'ended' })).code).toBe(
      'invalid_request',
    );
    expect((await brand.view(campaignId)).state).toBe('draft');
  });
});

describe('a viewer', () => {
  it('looks at everything and changes nothing', async () => {
    const { brand, campaignId } = await scheduled();
    const viewer = await signIn(url, 'viewer');
    await brand.post(`/tenants/${brand.tenantId}/members`, { userId: viewer.userId, role: 'viewer' });
    const tried = (method: string, path: string, body?: object) =>
      call(url, viewer.token, method, path, body);
    const own = `/campaigns/${campaignId}`;
    const [drop] = await brand.get<DropView[]>(`${own}/drops`);
    for (const path of [own, `${own}/drops`, `${own}/report`, `/campaigns?tenantId=${brand.tenantId}`]) {
      expect([path, (await tried('GET', path)).status]).toEqual([path, 200]);
    }
    const body = { ...tenth, audience: { kind: 'everyone' } };
    const plan = {
      tenantId: brand.tenantId,
      name: 'x',
      currency: 'CNY',
      budget: 1,
      startsAt: iso(0),
      endsAt: iso(60_000),
    };
    const steps = ['schedule', 'pause', 'resume', 'cancel', 'rehearse'];
    const refusals = await Promise.all([
      tried('POST', '/campaigns', plan),
      tried('PATCH', own, { name: 'x' }),
      tried('DELETE', own),
      tried('POST', `${own}/drops`, body),
      tried('PATCH', `${own}/drops/${drop!.dropId}`, body),
      tried('DELETE', `${own}/drops/${drop!.dropId}`),
      ...steps.map((step) => tried('POST', `${own}/${step}`)),
    ]);
    expect(new Set(refusals.map(({ status, code }) => `${status} ${code}`))).toEqual(
      new Set(['403 forbidden']),
    );
    expect((await brand.view(campaignId)).state).toBe('running');
  });
});
