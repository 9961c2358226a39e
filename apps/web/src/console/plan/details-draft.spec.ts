import { createCampaignSchema, editCampaignSchema, type CampaignView } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { en } from '../words/index.js';
import {
  checkDetails,
  detailsOf,
  isLocked,
  newDetails,
  toCreate,
  toEdit,
  type DetailsContext,
} from './details-draft.js';
import { toLocal } from './instants.js';

const NOW = new Date(2026, 1, 16, 12).getTime();
const TENANT = '01a20805-a6a6-77f1-a1bc-e86032dac4f1';
const context: DetailsContext = {
  ...{ say: en.problems, currency: 'CNY', now: NOW, planned: 0 },
  money: (minor) => `${minor} fen`,
  instant: (ms) => toLocal(ms),
};
const filled = { ...newDetails(NOW, '五芳斋'), name: '除夕', budget: '18,888.5' };

const view: CampaignView = {
  ...{
    campaignId: TENANT,
    tenantId: TENANT,
    name: '除夕',
    brand: '五芳斋',
    currency: 'CNY',
    budget: 1_888_850,
  },
  ...{
    planned: 888_800,
    spent: 0,
    refunded: 0,
    greeting: '',
    caps: { claimsPerPerson: 3, amountPerDay: 50_000 },
  },
  startsAt: new Date(2026, 1, 16, 20).toISOString(),
  endsAt: new Date(2026, 1, 16, 23, 0, 0, 250).toISOString(),
  ...{ state: 'draft', drops: 1, createdAt: new Date(NOW).toISOString() },
};

describe('a new campaign', () => {
  it('is this evening when that has not begun, else tomorrow’s', () => {
    expect(newDetails(NOW, '').startsAt).toBe('2026-02-16T20:00:00');
    expect(newDetails(new Date(2026, 1, 16, 21).getTime(), '').startsAt).toBe('2026-02-17T20:00:00');
  });

  it('is asked for as the contract wants it: minor units, instants with a zone, nothing that was left empty', () => {
    expect(checkDetails(filled, context)).toEqual({});
    const request = createCampaignSchema.parse(toCreate(filled, TENANT));
    expect(request).toMatchObject({ budget: 1_888_850, brand: '五芳斋', startsAt: view.startsAt });
    expect(request).not.toHaveProperty('caps');
    expect(request).not.toHaveProperty('coverId');
  });

  it('says at each field what is wrong', () => {
    const wrong = { ...filled, name: ' ', budget: '1.234', endsAt: filled.startsAt };
    const problems = checkDetails({ ...wrong, caps: { ...wrong.caps, claims: '0' } }, context);
    expect(problems).toEqual({
      name: en.problems.needed,
      budget: en.problems.money.precision,
      endsAt: en.problems.endBeforeStart,
      'caps.claims': en.problems.whole(1, Number.MAX_SAFE_INTEGER),
    });
  });

  it('takes figures of a Chinese keyboard', () => {
    const typed = { ...filled, budget: '８８８８．８８', caps: { ...filled.caps, claimsPerPerson: '３' } };
    expect(toCreate(typed, TENANT)).toMatchObject({ budget: 888_888, caps: { claimsPerPerson: 3 } });
  });
});

describe('a campaign that is edited', () => {
  it('names nothing when nothing was changed', () => {
    expect(toEdit(detailsOf(view), view)).toEqual({});
  });

  it('names only what was changed, as the contract wants it', () => {
    const draft = {
      ...detailsOf(view),
      name: '元宵',
      brand: '',
      caps: { ...detailsOf(view).caps, claimsPerPerson: '' },
    };
    expect(editCampaignSchema.parse(toEdit(draft, view))).toEqual({
      ...{ name: '元宵', brand: null, caps: { amountPerDay: 50_000 } },
    });
  });

  it('can’t plan less than its drops, nor leave one of them outside', () => {
    const draft = { ...detailsOf(view), budget: '8000', endsAt: '2026-02-16T21:00:00' };
    const opensAt = new Date(2026, 1, 16, 22).getTime();
    const problems = checkDetails(draft, { ...context, planned: 888_800, before: view, openings: [opensAt] });
    expect(problems).toEqual({
      budget: en.problems.underPlanned('888800 fen'),
      endsAt: en.problems.dropOutside(toLocal(opensAt)),
    });
  });

  it('keeps everything but name, greeting and a later end once it is scheduled', () => {
    const scheduled: CampaignView = { ...view, state: 'scheduled' };
    const paths = [
      'name',
      'greeting',
      'endsAt',
      'budget',
      'startsAt',
      'brand',
      'coverId',
      'caps.claims',
      'currency',
    ];
    expect(paths.filter((path) => !isLocked(path, scheduled))).toEqual(['name', 'greeting', 'endsAt']);
    const earlier = { ...detailsOf(scheduled), endsAt: '2026-02-16T22:00:00' };
    expect(checkDetails(earlier, { ...context, before: scheduled })).toEqual({
      endsAt: en.problems.onlyLater,
    });
    expect(checkDetails(detailsOf(scheduled), { ...context, before: scheduled })).toEqual({});
    expect(paths.some((path) => !isLocked(path, { ...view, state: 'ended' }))).toBe(false);
  });
});
