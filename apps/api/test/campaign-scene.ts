import { createHash, createHmac, randomUUID } from 'node:crypto';
import {
  textToSign,
  type AudienceUpload,
  type CampaignReport,
  type CampaignView,
  type DropView,
  type TenantKeyMade,
  type WalletView,
} from '@app/contracts';
import { signIn, until, type TestPerson } from '@app/testing';

const LOOK_MS = 75;

export interface Answered<T> {
  status: number;
  code?: string;
  body: T;
}

/** One call of the api, as whoever holds the token; `body` as it came, empty for what is not JSON. */
export async function call<T = Record<string, never>>(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answered<T>> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      ...{ authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() },
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  const answered = (isJson ? JSON.parse(text) : {}) as T & { code?: string };
  return { status: response.status, ...(answered.code ? { code: answered.code } : {}), body: answered };
}

/** A brand with money, and calls in its marketer's name that fail the test unless they succeed. */
export class Brand {
  private constructor(
    readonly url: string,
    readonly marketer: TestPerson,
    readonly tenantId: string,
  ) {}

  static async found(url: string, amount = 10_000_000): Promise<Brand> {
    const marketer = await signIn(url, 'marketer');
    const made = await call<{ tenantId: string }>(url, marketer.token, 'POST', '/tenants', {
      name: '五芳斋',
    });
    const brand = new Brand(url, marketer, made.body.tenantId);
    if (amount > 0)
      await brand.post(`/tenants/${brand.tenantId}/topups`, { amount, currency: 'CNY', provider: 'sandbox' });
    return brand;
  }

  async post<T = Record<string, never>>(path: string, body: unknown = {}): Promise<T> {
    return this.ok(await call<T>(this.url, this.marketer.token, 'POST', path, body), `POST ${path}`);
  }

  async get<T>(path: string): Promise<T> {
    return this.ok(await call<T>(this.url, this.marketer.token, 'GET', path), `GET ${path}`);
  }

  tried<T>(method: string, path: string, body?: unknown): Promise<Answered<T>> {
    return call<T>(this.url, this.marketer.token, method, path, body);
  }

  /** A draft that starts now and ends in an hour, unless told otherwise. */
  async campaign(fields: Record<string, unknown> = {}): Promise<string> {
    const { campaignId } = await this.post<CampaignView>('/campaigns', {
      ...{ tenantId: this.tenantId, name: '端午 quiz', currency: 'CNY', budget: 1_000_000 },
      ...{ startsAt: iso(-1_000), endsAt: iso(3_600_000) },
      ...fields,
    });
    return campaignId;
  }

  async drop(campaignId: string, fields: Record<string, unknown> = {}): Promise<string> {
    const { dropId } = await this.post<DropView>(`/campaigns/${campaignId}/drops`, {
      ...{ opensAt: iso(2_000), announceSeconds: 1, audience: { kind: 'everyone' } },
      packet: { kind: 'lucky', amount: 10_000, count: 100 },
      ...fields,
    });
    return dropId;
  }

  async dropView(campaignId: string, dropId: string): Promise<DropView> {
    return (await this.get<DropView[]>(`/campaigns/${campaignId}/drops`)).find(
      (drop) => drop.dropId === dropId,
    )!;
  }

  /** Waits until the drop is open, and gives it. */
  opened(campaignId: string, dropId: string, withinMs = 20_000): Promise<DropView> {
    return this.seen('the drop is open', withinMs, async () => {
      const drop = await this.dropView(campaignId, dropId);
      return drop.openedAt !== undefined && drop;
    });
  }

  /** The same for all drops of the campaign, by their opening. */
  allOpened(campaignId: string, withinMs = 20_000): Promise<DropView[]> {
    return this.seen('all drops are open', withinMs, async () => {
      const drops = await this.get<DropView[]>(`/campaigns/${campaignId}/drops`);
      return drops.every(({ openedAt }) => openedAt !== undefined) && drops;
    });
  }

  /** Waits until all of the budget is spent or back with the brand. */
  settledUp(campaignId: string, withinMs = 20_000): Promise<CampaignView> {
    return this.seen('the campaign is settled up', withinMs, async () => {
      const campaign = await this.view(campaignId);
      return campaign.spent + campaign.refunded === campaign.budget && campaign;
    });
  }

  /** Uploads a list of these users. */
  async list(userIds: readonly string[]): Promise<AudienceUpload> {
    const response = await fetch(`${this.url}/api/v1/audiences?tenantId=${this.tenantId}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.marketer.token}`, 'content-type': 'text/csv' },
      body: userIds.join('\n'),
    });
    return this.ok(
      { status: response.status, body: (await response.json()) as AudienceUpload },
      'POST /audiences',
    );
  }

  /** As the host app says that these users did a task. */
  async vouch(key: TenantKeyMade, taskId: string, userIds: readonly string[]): Promise<void> {
    const path = `/api/v1/tasks/${taskId}/completions`;
    const body = JSON.stringify({ userIds });
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const text = textToSign(timestamp, 'POST', path, createHash('sha256').update(body).digest('hex'));
    const headers = {
      ...{ 'content-type': 'application/json', 'x-hongbao-key': key.keyId },
      'x-hongbao-timestamp': timestamp,
      'x-hongbao-signature': createHmac('sha256', key.secret).update(text).digest('hex'),
    };
    const response = await fetch(`${this.url}${path}`, { method: 'POST', headers, body });
    this.ok({ status: response.status, body: await response.json() }, `POST ${path}`);
  }

  view(campaignId: string): Promise<CampaignView> {
    return this.get<CampaignView>(`/campaigns/${campaignId}`);
  }

  async balance(): Promise<{ available: number; held: number }> {
    const { balances } = await this.get<WalletView>(`/tenants/${this.tenantId}/balance`);
    return balances.find(({ currency }) => currency === 'CNY')!;
  }

  async available(): Promise<number> {
    return (await this.balance()).available;
  }

  report(campaignId: string): Promise<CampaignReport> {
    return this.get<CampaignReport>(`/campaigns/${campaignId}/report`);
  }

  /** `until`, at a pace that leaves most of a user's calls to the test. */
  private seen<T>(what: string, withinMs: number, look: () => Promise<T | false>): Promise<T> {
    const atPace = async () => {
      const found = await look();
      if (found === false) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      return found;
    };
    return until(what, atPace as () => Promise<(T & {}) | false>, withinMs);
  }

  private ok<T>({ status, body }: Answered<T>, what: string): T {
    if (status >= 300) throw new Error(`${what}: ${status} ${JSON.stringify(body)}`);
    return body;
  }
}

/** So many milliseconds from now, as HTTP says instants. */
export function iso(inMs: number): string {
  return new Date(Date.now() + inMs).toISOString();
}
