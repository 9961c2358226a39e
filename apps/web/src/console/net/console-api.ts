import type {
  AudienceUpload,
  AudienceView,
  CampaignReport,
  CampaignSeries,
  CampaignState,
  CampaignView,
  CoverView,
  CreateCampaign,
  CreateDrop,
  DropView,
  EditCampaign,
  MeView,
  RoomView,
  TenantKeyMade,
  TenantKeyView,
  TenantMemberView,
  TenantRole,
  TenantView,
  Topup,
  TopupView,
  WalletView,
} from '@app/contracts';
import { fetchApi, request } from './request.js';
import { upload } from './upload.js';

export type CampaignAction = 'schedule' | 'pause' | 'resume' | 'cancel' | 'rehearse';
export type DropRequest = Omit<CreateDrop, 'announceSeconds'> & { announceSeconds?: number };

const get = <T>(path: string) => request<T>('GET', path);
const post = <T>(path: string, json: unknown, idempotencyKey?: string) =>
  request<T>('POST', path, { json, ...(idempotencyKey ? { idempotencyKey } : {}) });

const PAGE = 100;
const PAGES_MAX = 20;

/** A list to its end, page by page; it is sorted and filtered here. */
async function getAll<T>(path: string): Promise<T[]> {
  const all: T[] = [];
  let cursor = '';
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const from = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const response = await fetchApi('GET', `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE}${from}`);
    all.push(...((await response.json()) as T[]));
    cursor = response.headers.get('x-next-cursor') ?? '';
    if (!cursor) break;
  }
  return all;
}

export const consoleApi = {
  devToken: (userId: string, name?: string) =>
    post<{ token: string }>('/dev/tokens', name ? { userId, name } : { userId }),
  me: () => get<MeView>('/me'),
  rooms: () => get<RoomView[]>('/rooms'),

  tenants: () => get<TenantView[]>('/tenants'),
  createTenant: (name: string) => post<{ tenantId: string }>('/tenants', { name }),
  members: (tenantId: string) => get<TenantMemberView[]>(`/tenants/${tenantId}/members`),
  setMember: (tenantId: string, userId: string, role: TenantRole) =>
    post<unknown>(`/tenants/${tenantId}/members`, { userId, role }),
  removeMember: (tenantId: string, userId: string) =>
    request<unknown>('DELETE', `/tenants/${tenantId}/members/${encodeURIComponent(userId)}`),
  balance: (tenantId: string) => get<WalletView>(`/tenants/${tenantId}/balance`),
  topUp: (tenantId: string, topup: Topup, key: string) =>
    post<TopupView>(`/tenants/${tenantId}/topups`, topup, key),
  keys: (tenantId: string) => getAll<TenantKeyView>(`/tenants/${tenantId}/keys`),
  createKey: (tenantId: string) => post<TenantKeyMade>(`/tenants/${tenantId}/keys`, {}),
  revokeKey: (tenantId: string, keyId: string) =>
    request<unknown>('DELETE', `/tenants/${tenantId}/keys/${keyId}`),

  campaigns: (tenantId: string) => getAll<CampaignView>(`/campaigns?tenantId=${tenantId}`),
  campaign: (campaignId: string) => get<CampaignView>(`/campaigns/${campaignId}`),
  createCampaign: (campaign: CreateCampaign) => post<{ campaignId: string }>('/campaigns', campaign),
  editCampaign: (campaignId: string, edit: EditCampaign) =>
    request<unknown>('PATCH', `/campaigns/${campaignId}`, { json: edit }),
  deleteCampaign: (campaignId: string) => request<unknown>('DELETE', `/campaigns/${campaignId}`),
  act: (campaignId: string, action: CampaignAction) =>
    post<{ state: CampaignState; rehearsalId?: string }>(`/campaigns/${campaignId}/${action}`, {}),
  report: (campaignId: string) => get<CampaignReport>(`/campaigns/${campaignId}/report`),
  series: (campaignId: string) => get<CampaignSeries>(`/campaigns/${campaignId}/series`),

  drops: (campaignId: string) => get<DropView[]>(`/campaigns/${campaignId}/drops`),
  createDrop: (campaignId: string, drop: DropRequest) =>
    post<{ dropId: string }>(`/campaigns/${campaignId}/drops`, drop),
  editDrop: (campaignId: string, dropId: string, drop: DropRequest) =>
    request<unknown>('PATCH', `/campaigns/${campaignId}/drops/${dropId}`, { json: drop }),
  deleteDrop: (campaignId: string, dropId: string) =>
    request<unknown>('DELETE', `/campaigns/${campaignId}/drops/${dropId}`),

  covers: (tenantId: string) => getAll<CoverView>(`/covers?tenantId=${tenantId}`),
  uploadCover: (form: FormData, onProgress: (part: number) => void) =>
    upload<{ coverId: string; url: string }>('/covers', form, null, onProgress),
  audiences: (tenantId: string) => getAll<AudienceView>(`/audiences?tenantId=${tenantId}`),
  uploadAudience: (tenantId: string, name: string, file: Blob, onProgress: (part: number) => void) =>
    upload<AudienceUpload>(
      `/audiences?tenantId=${tenantId}&name=${encodeURIComponent(name)}`,
      file,
      'text/csv',
      onProgress,
    ),
};
