import { describe, expect, it } from 'vitest';
import type { CampaignView, Problem } from '@app/contracts';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';
import { Brand, iso, type Answered } from './campaign-scene.js';

const { url } = serviceUnderTest();

/** `paths`: of the fields that the problem names. */
function refused({ status, code, body }: Answered<unknown>): [number, string | undefined, string[]] {
  return [status, code, ((body as Problem).issues ?? []).map(({ path }) => path)];
}

describe('a plan', () => {
  const year = 400 * 86_400_000;
  it.each([
    ['a start without a zone', { startsAt: '2027-01-01T00:00:00' }, 'startsAt'],
    ['a start in the past', { startsAt: iso(-3_600_000) }, 'startsAt'],
    ['an end in the past', { endsAt: iso(-500) }, 'endsAt'],
    ['an end before its start', { startsAt: iso(60_000), endsAt: iso(30_000) }, 'endsAt'],
    ['an end without a zone', { endsAt: '2027-01-01 00:00' }, 'endsAt'],
    ['an end in the year 9999', { endsAt: '9999-12-31T23:59:59Z' }, 'endsAt'],
    ['an end beyond the plan', { endsAt: iso(year + 60_000) }, 'endsAt'],
    ['a day that is none', { endsAt: '2027-02-31T00:00:00Z' }, 'endsAt'],
    ['an instant as a number', { endsAt: Date.now() + 60_000 }, 'endsAt'],
    ['no name', { name: ' ' }, 'name'],
    ['too long a name', { name: 'x'.repeat(65) }, 'name'],
    ['a currency that is none', { currency: 'cny' }, 'currency'],
    ['a cap of nothing', { caps: { claims: 0 } }, 'caps.claims'],
    ['half a cap', { caps: { amountPerDay: 1.5 } }, 'caps.amountPerDay'],
    ['a cap that is none', { caps: { perHour: 1 } }, 'caps'],
    ['more than a plan', { state: 'running' }, ''],
  ])('with %s is refused', async (_what, fields, path) => {
    const brand = await Brand.found(url, 0);
    const body = {
      tenantId: brand.tenantId,
      name: 'x',
      currency: 'CNY',
      budget: 1,
      startsAt: iso(0),
      endsAt: iso(60_000),
    };
    expect(refused(await brand.tried('POST', '/campaigns', { ...body, ...fields }))).toEqual([
      400,
      'invalid_request',
      [path],
    ]);
    expect((await brand.tried<CampaignView[]>('GET', `/campaigns?tenantId=${brand.tenantId}`)).body).toEqual(
      [],
    );
  });

  it('in a currency that is not offered is refused', async () => {
    const brand = await Brand.found(url, 0);
    const body = {
      tenantId: brand.tenantId,
      name: 'x',
      currency: 'XTS',
      budget: 1,
      startsAt: iso(0),
      endsAt: iso(60_000),
    };
    expect((await brand.tried('POST', '/campaigns', body)).code).toBe('unsupported_currency');
  });
});
