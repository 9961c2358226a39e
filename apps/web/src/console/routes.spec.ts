import { describe, expect, it } from 'vitest';
import { CAMPAIGN_VIEWS, campaignPath, routeOf, TENANT_PAGES, tenantPath } from './routes.js';

const ID = '01a20805-a6a6-77f1-a1bc-e86032dac4f1';

describe('routes', () => {
  it('every page of a brand has a path that leads back to it', () => {
    for (const page of TENANT_PAGES) {
      expect(routeOf(tenantPath(ID, page))).toEqual({ page, tenantId: ID });
    }
  });

  it('every view of a campaign has a path that leads back to it', () => {
    for (const view of [...CAMPAIGN_VIEWS, null]) {
      expect(routeOf(campaignPath(ID, view))).toEqual({ page: 'campaign', campaignId: ID, view });
    }
  });

  it('the console begins at the brands, with or without a slash', () => {
    expect(routeOf('/console')).toEqual({ page: 'brands' });
    expect(routeOf('/console/')).toEqual({ page: 'brands' });
  });

  it('anything else leads nowhere', () => {
    for (const path of [
      '/console/t/1',
      `/console/t/${ID}/secrets`,
      `/console/c/${ID}/live/2`,
      '/console/x',
    ]) {
      expect(routeOf(path), path).toEqual({ page: 'lost' });
    }
  });
});
