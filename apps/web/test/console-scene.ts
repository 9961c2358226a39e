import { randomUUID } from 'node:crypto';
import type { CampaignView, CreateDrop, DropView, TenantRole, WalletView } from '@app/contracts';
import { until, type TestPerson } from '@app/testing';
import { toLocal } from '../src/console/plan/instants.js';

/** As people type it into the page, so many milliseconds from now; to the second, upwards. */
export const typedInstant = (inMs: number): string => toLocal(Math.ceil((Date.now() + inMs) / 1_000) * 1_000);
const iso = (inMs: number): string => new Date(Date.now() + inMs).toISOString();

/** A brand and its calls, for what a test needs to stand before the page is looked at. */
export class BrandScene {
  private constructor(
    readonly url: string,
    readonly owner: Pick<TestPerson, 'token'>,
    readonly tenantId: string,
  ) {}

  static async found(url: string, owner: Pick<TestPerson, 'token'>, name = '五芳斋'): Promise<BrandScene> {
    const answer = await call<{ tenantId: string }>(url, owner.token, 'POST', '/tenants', { name });
    return new BrandScene(url, owner, answer.tenantId);
  }

  get path(): string {
    return `/console/t/${this.tenantId}`;
  }

  topUp(amount: number): Promise<unknown> {
    return this.post(`/tenants/${this.tenantId}/topups`, { amount, currency: 'CNY', provider: 'sandbox' });
  }

  addMember(userId: string, role: TenantRole): Promise<unknown> {
    return this.post(`/tenants/${this.tenantId}/members`, { userId, role });
  }

  async available(): Promise<number> {
    const { balances } = await this.get<WalletView>(`/tenants/${this.tenantId}/balance`);
    return balances.find(({ currency }) => currency === 'CNY')!.available;
  }

  /** A list of these people. */
  async list(name: string, userIds: readonly string[]): Promise<string> {
    const path = `/audiences?tenantId=${this.tenantId}&name=${encodeURIComponent(name)}`;
    const body = new Blob([userIds.join('\n')], { type: 'text/csv' });
    return (await send<{ audienceId: string }>(this.url, this.owner.token, path, body)).audienceId;
  }

  async cover(picture: Uint8Array): Promise<string> {
    const form = new FormData();
    form.set('tenantId', this.tenantId);
    form.set('image', new Blob([picture as BlobPart], { type: 'image/png' }), 'cover.png');
    return (await send<{ coverId: string }>(this.url, this.owner.token, '/covers', form)).coverId;
  }

  /** A draft of an hour from now, unless told otherwise. */
  async campaign(fields: Record<string, unknown> = {}): Promise<string> {
    const { campaignId } = await this.post<CampaignView>('/campaigns', {
      ...{ tenantId: this.tenantId, name: 'Spring evening', currency: 'CNY', budget: 1_000_000 },
      ...{ startsAt: iso(-1_000), endsAt: iso(3_600_000) },
      ...fields,
    });
    return campaignId;
  }

  async drop(campaignId: string, inMs: number, fields: Partial<CreateDrop> = {}): Promise<string> {
    const { dropId } = await this.post<DropView>(`/campaigns/${campaignId}/drops`, {
      ...{ opensAt: iso(inMs), announceSeconds: 0, audience: { kind: 'everyone' } },
      packet: { kind: 'lucky', amount: 10_000, count: 100 },
      ...fields,
    });
    return dropId;
  }

  drops(campaignId: string): Promise<DropView[]> {
    return this.get(`/campaigns/${campaignId}/drops`);
  }

  view(campaignId: string): Promise<CampaignView> {
    return this.get(`/campaigns/${campaignId}`);
  }

  /** The packet of the first drop, once it is open. */
  openPacket(campaignId: string): Promise<string> {
    return until(
      'the drop is open',
      async () => {
        const [drop] = await this.drops(campaignId);
        return drop?.state === 'open' && drop.packetId;
      },
      30_000,
    );
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return call<T>(this.url, this.owner.token, 'POST', path, body);
  }

  get<T>(path: string): Promise<T> {
    return call<T>(this.url, this.owner.token, 'GET', path);
  }
}

/** One call of the api that must succeed. */
async function call<T>(url: string, token: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      ...{ authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() },
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

/** The body goes as it is; a Blob brings its type, a form its boundary. */
async function send<T>(url: string, token: string, path: string, body: Blob | FormData): Promise<T> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
