import type {
  CampaignState,
  CampaignView,
  ClaimView,
  CreateCampaign,
  DevToken,
  DropView,
  EntryView,
  ErrorCode,
  MeView,
  PacketView,
  Problem,
  Proof,
  RoomView,
  SendPacket,
  Topup,
  TopupView,
  WalletView,
} from '@app/contracts';
import { ERRORS, RefusalError, type createDropSchema } from '@app/contracts';
import type { z } from 'zod';
import { UnansweredError } from './ask-again.js';

/** A call without an answer for so long is unknown, not refused. */
export const CALL_MS_MAX = 12_000;

/** As `POST /campaigns/:id/drops` takes it: what has a default may be left out. */
export type DropRequest = z.input<typeof createDropSchema>;

export interface HttpOptions {
  /** Where the service is, without `/api/v1`. */
  url: string;
  token?: string;
  callMsMax?: number;
}

/**
 * `/api/v1` as one person calls it. Amounts are minor units, instants ISO 8601. Every call throws RefusalError with the
 * problem's code, or UnansweredError when nothing (or nothing readable) came back. Calls that move money make a key of
 * their own; to ask again after UnansweredError, pass the same key.
 */
export class HttpClient {
  constructor(private readonly options: HttpOptions) {}

  /** The same service, spoken to with another token. */
  withToken(token: string): HttpClient {
    return new HttpClient({ ...this.options, token });
  }

  devToken = (who: DevToken) => this.post<{ token: string }>('/dev/tokens', who);
  me = () => this.get<MeView>('/me');
  createRoom = (name: string, open = false) => this.post<{ roomId: string }>('/rooms', { name, open });
  addMembers = (roomId: string, userIds: string[]) =>
    this.post<unknown>(`/rooms/${roomId}/members`, { userIds });
  openRooms = () => this.get<RoomView[]>('/rooms/open');
  topUp = (topup: Topup, key: string = crypto.randomUUID()) => this.post<TopupView>('/topups', topup, key);
  sendPacket = (packet: SendPacket, key: string = crypto.randomUUID()) =>
    this.post<PacketView>('/packets', packet, key);
  packet = (packetId: string) => this.get<PacketView>(`/packets/${packetId}`);
  claims = (packetId: string) => this.get<ClaimView[]>(`/packets/${packetId}/claims`);
  proof = (packetId: string) => this.get<Proof>(`/packets/${packetId}/proof`);
  wallet = () => this.get<WalletView>('/wallet');

  /** The caller becomes its owner. */
  createTenant = (name: string) => this.post<{ tenantId: string }>('/tenants', { name });
  topUpTenant = (tenantId: string, topup: Topup, key: string = crypto.randomUUID()) =>
    this.post<TopupView>(`/tenants/${tenantId}/topups`, topup, key);
  createCampaign = (campaign: CreateCampaign) =>
    this.post<{ campaignId: string; state: 'draft' }>('/campaigns', campaign, crypto.randomUUID());
  createDrop = (campaignId: string, drop: DropRequest) =>
    this.post<{ dropId: string }>(`/campaigns/${campaignId}/drops`, drop);
  campaign = (campaignId: string) => this.get<CampaignView>(`/campaigns/${campaignId}`);
  drops = (campaignId: string) => this.get<DropView[]>(`/campaigns/${campaignId}/drops`);
  /** Scheduling moves the budget; cancelling gives back what is not spent.  */
  steerCampaign = (
    campaignId: string,
    step: 'schedule' | 'pause' | 'resume' | 'cancel',
    key: string = crypto.randomUUID(),
  ) => this.post<{ state: CampaignState }>(`/campaigns/${campaignId}/${step}`, {}, key);

  /** Newest first, at most `limit` (1 to 100). */
  entries = (limit = 100) => this.get<EntryView[]>(`/wallet/entries?limit=${limit}`);

  private get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path, {});
  }

  private post<T>(path: string, body: unknown, key?: string): Promise<T> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (key !== undefined) headers['idempotency-key'] = key;
    return this.call<T>('POST', path, { headers, body: JSON.stringify(body) });
  }

  private async call<T>(method: string, path: string, init: { headers?: object; body?: string }): Promise<T> {
    const { url, token, callMsMax = CALL_MS_MAX } = this.options;
    const request = `${method} ${path}`;
    const headers = { ...init.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    let status: number;
    let text: string;
    try {
      const signal = AbortSignal.timeout(callMsMax);
      const response = await fetch(`${url}/api/v1${path}`, { method, headers, body: init.body, signal });
      status = response.status;
      text = await response.text();
    } catch (error) {
      throw new UnansweredError(request, error);
    }
    const answer = parseJson(text);
    if (status >= 200 && status < 300) {
      if (answer === undefined && text !== '') throw new UnansweredError(request);
      return answer as T;
    }
    throw refusalOf(answer as Partial<Problem> | undefined) ?? new UnansweredError(`${request} (${status})`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined when the answer is no problem of ours: whoever sent it, it does not tell what the service did. */
function refusalOf(problem: Partial<Problem> | undefined): RefusalError | undefined {
  const { code, detail, retryAfterMs, issues } = problem ?? {};
  if (code === undefined || !Object.hasOwn(ERRORS, code)) return undefined;
  return new RefusalError(code as ErrorCode, { detail, retryAfterMs, issues });
}
