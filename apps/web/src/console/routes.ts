import { createStore, useStore } from '../state/store.js';

export const TENANT_PAGES = ['campaigns', 'new', 'budget', 'covers', 'lists', 'members', 'keys'] as const;
export type TenantPage = (typeof TENANT_PAGES)[number];
export const CAMPAIGN_VIEWS = ['edit', 'live', 'report'] as const;
export type CampaignViewName = (typeof CAMPAIGN_VIEWS)[number];

export type Route =
  | { page: 'brands' }
  | { page: TenantPage; tenantId: string }
  /** Without a view: the one that fits the campaign's state. */
  | { page: 'campaign'; campaignId: string; view: CampaignViewName | null }
  | { page: 'lost' };

const ID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const TENANT_PATH = new RegExp(`^/console/t/(${ID})(?:/([a-z]+))?/?$`);
const CAMPAIGN_PATH = new RegExp(`^/console/c/(${ID})(?:/([a-z]+))?/?$`);

function isOneOf<T extends string>(known: readonly T[], word: string): word is T {
  return (known as readonly string[]).includes(word);
}

export function routeOf(path: string): Route {
  if (/^\/console\/?$/.test(path) || path === '/console.html') return { page: 'brands' };
  const [, tenantId, tenantPage = 'campaigns'] = TENANT_PATH.exec(path) ?? [];
  if (tenantId && isOneOf(TENANT_PAGES, tenantPage)) return { page: tenantPage, tenantId };
  const [, campaignId, view] = CAMPAIGN_PATH.exec(path) ?? [];
  if (campaignId && view === undefined) return { page: 'campaign', campaignId, view: null };
  if (campaignId && isOneOf(CAMPAIGN_VIEWS, view!))
    return { page: 'campaign', campaignId, view: view as CampaignViewName };
  return { page: 'lost' };
}

export const BRANDS_PATH = '/console';

export function tenantPath(tenantId: string, page: TenantPage = 'campaigns'): string {
  return page === 'campaigns' ? `/console/t/${tenantId}` : `/console/t/${tenantId}/${page}`;
}

export function campaignPath(campaignId: string, view: CampaignViewName | null = null): string {
  return view ? `/console/c/${campaignId}/${view}` : `/console/c/${campaignId}`;
}

interface Place {
  path: string;
  /** Where a person wants to go while something unsaved holds them back. */
  wanted: string | null;
}

const placeStore = createStore<Place>({
  path: typeof location === 'undefined' ? BRANDS_PATH : location.pathname,
  wanted: null,
});
let unsaved = false;

export function usePath(): string {
  return useStore(placeStore, ({ path }) => path);
}

export function useWantedPath(): string | null {
  return useStore(placeStore, ({ wanted }) => wanted);
}

/** While something is not saved, leaving asks first; the browser asks by itself when the page is closed. */
export function holdBack(isUnsaved: boolean): void {
  unsaved = isUnsaved;
}

export function isUnsaved(): boolean {
  return unsaved;
}

function arrive(path: string): void {
  unsaved = false;
  placeStore.set({ path, wanted: null });
  scrollTo(0, 0);
}

export function goTo(path: string, { replace = false } = {}): void {
  if (path === placeStore.get().path) return;
  if (unsaved) return placeStore.set({ wanted: path });
  history[replace ? 'replaceState' : 'pushState'](null, '', path);
  arrive(path);
}

/** The answer to "leave without saving?". */
export function answerLeaving(leave: boolean): void {
  const { wanted } = placeStore.get();
  placeStore.set({ wanted: null });
  if (!leave || wanted === null) return;
  unsaved = false;
  goTo(wanted);
}

export function followTheAddress(): void {
  addEventListener('popstate', () => {
    const { path } = placeStore.get();
    if (!unsaved || location.pathname === path) return arrive(location.pathname);
    const wanted = location.pathname;
    history.pushState(null, '', path);
    placeStore.set({ wanted });
  });
  addEventListener('beforeunload', (event) => {
    if (unsaved) event.preventDefault();
  });
}
