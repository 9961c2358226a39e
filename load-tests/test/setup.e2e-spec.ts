import { beforeAll, describe, expect, inject, it } from 'vitest';
import { HttpClient } from '@app/client';
import type { AudienceView, MemberView, WalletView } from '@app/contracts';
import { until } from '@app/testing';
import type { CrowdPart, Plan, RoomsPart } from '../model/plan.ts';
import { makePlan } from '../setup/make-plan.ts';
import type { Setup } from '../setup/setup.ts';
import { smoke } from '../workloads/smoke.ts';

declare module 'vitest' {
  /** As apps/launcher/test/service.global-setup.ts provides it to all e2e tests. */
  export interface ProvidedContext {
    serviceUrl: string;
    serviceEnv: Record<string, string>;
  }
}

const url = inject('serviceUrl');
const env = inject('serviceEnv');
const jwt = { secret: env['JWT_SECRET']!, issuer: 'hongbao', audience: 'hongbao' };
const told: string[] = [];

let plan: Plan;
let setup: Setup;
let madeAtMs: number;
let rooms: RoomsPart;
let crowd: CrowdPart;
beforeAll(async () => {
  ({ plan, setup } = await makePlan({
    ...{ workload: smoke, target: `${url}/`, seed: 7 },
    onProgress: (what, done, of) => told.push(`${what} ${done}/${of}`),
  }));
  madeAtMs = Date.now();
  [rooms, crowd] = plan.parts as [RoomsPart, CrowdPart];
});

async function read<T>(path: string, token: string): Promise<T> {
  const response = await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

const idsOf = (indexes: number[]) => indexes.map((k) => plan.people[k]!.userId);

describe('a plan of smoke, made at a running service', () => {
  it('begins soon, with time for k6 to start and for everyone to connect', () => {
    const inSeconds = (plan.startsAtMs - madeAtMs) / 1_000;
    expect(inSeconds).toBeGreaterThan(plan.connectSeconds + 4);
    expect(inSeconds).toBeLessThan(20);
    expect(plan).toMatchObject({ version: 1, workload: 'smoke', target: url, seconds: 20, seed: 7 });
  });

  it('has every person once, with a token that the service takes', async () => {
    const inRooms = rooms.rooms.flatMap(({ sender, members, watchers }) => [sender, ...members, ...watchers]);
    const everyone = [...inRooms, ...crowd.people, ...crowd.watchers];
    expect(everyone).toEqual(plan.people.map((_, k) => k));
    expect(new Set(plan.people.map(({ userId }) => userId)).size).toBe(plan.people.length);
    for (const { userId, token } of [plan.people[0]!, plan.people.at(-1)!])
      expect(await read('/me', token)).toMatchObject({ userId, role: 'user' });
  });

  it('has rooms with exactly those people as members', async () => {
    expect(rooms.rooms).toHaveLength(smoke.rooms!.rooms);
    for (const { roomId, sender, members, watchers } of rooms.rooms) {
      const found = await read<MemberView[]>(
        `/rooms/${roomId}/members?limit=100`,
        plan.people[sender]!.token,
      );
      const planned = idsOf([sender, ...members, ...watchers]);
      expect(found.map(({ userId }) => userId).toSorted()).toEqual(planned.toSorted());
    }
  });

  it('has put into every wallet what it says', async () => {
    expect(setup.senders.map(({ roomId }) => roomId)).toEqual(rooms.rooms.map(({ roomId }) => roomId));
    for (const { token, funded } of setup.senders) {
      const { balances } = await read<WalletView>('/wallet', token);
      expect(balances).toEqual([{ currency: 'CNY', available: funded, held: 0 }]);
    }
  });

  it('has a campaign with its budget, whose audience is the crowd and nobody else', async () => {
    const [campaign] = setup.campaigns;
    const { tenantId, campaignId, marketerToken, budget } = campaign!;
    expect(setup.campaigns).toHaveLength(1);
    expect(await read(`/campaigns/${campaignId}`, marketerToken)).toMatchObject({
      ...{ budget, planned: budget, spent: 0, drops: 1, caps: { claimsPerPerson: 1 } },
      endsAt: new Date(campaign!.endsAtMs).toISOString(),
    });
    const { balances } = await read<WalletView>(`/tenants/${tenantId}/balance`, marketerToken);
    expect(balances).toEqual([{ currency: 'CNY', available: 0, held: budget }]);
    const [list] = await read<AudienceView[]>(`/audiences?tenantId=${tenantId}`, marketerToken);
    expect(list!.count).toBe(crowd.people.length + crowd.watchers.length);
  });

  it('has a drop that is announced to the crowd, opens at its second, and ends with the load', async () => {
    const [{ campaignId, marketerToken, dropIds, endsAtMs }] = setup.campaigns as [
      Setup['campaigns'][number],
    ];
    const [planned] = smoke.crowd!.drops;
    const http = new HttpClient({ url, token: marketerToken });
    const [drop] = await http.drops(campaignId);
    expect(drop).toMatchObject({
      ...{ dropId: dropIds[0], packet: planned!.packet, announceSeconds: planned!.announceSeconds },
      opensAt: new Date(plan.startsAtMs + planned!.at * plan.seconds * 1_000).toISOString(),
      gates: [{ kind: 'quiz' }],
    });
    expect(crowd.drops).toMatchObject([
      { campaignId, dropId: dropIds[0], quiz: { right: ['100', 'Red'], wrongPercent: 10 } },
    ]);
    expect(Date.parse(drop!.opensAt) + drop!.expiresInSeconds * 1_000).toBeLessThanOrEqual(endsAtMs);
    const opened = await until(
      'the drop opens',
      async () => (await http.drops(campaignId)).find(({ openedAt }) => openedAt !== undefined),
      30_000,
    );
    expect(opened.openedLateMs).toBeLessThan(2_000);
    expect((await http.packet(opened.packetId!)).remaining.count).toBe(planned!.packet.count);
  });

  it('tells how far it is', () => {
    expect(told).toContain(`people ${plan.people.length}/${plan.people.length}`);
    expect(told).toContain(`rooms ${rooms.rooms.length}/${rooms.rooms.length}`);
    expect(told.at(-1)).toBe('campaigns 1/1');
  });
});

describe('other ways to make a plan', () => {
  it('signs tokens here where the secret is known', async () => {
    const small = { ...smoke, crowd: undefined };
    const made = await makePlan({ workload: small, target: url, scale: 0.1, seed: 1, jwt });
    expect(made.setup.campaigns).toEqual([]);
    expect(await read('/me', made.plan.people[0]!.token)).toHaveProperty(
      'userId',
      made.plan.people[0]!.userId,
    );
  });

  it('says in a sentence that nobody answers at the target', async () => {
    const made = makePlan({ workload: smoke, target: 'http://127.0.0.1:1', seed: 1 });
    await expect(made).rejects.toThrow(
      'http://127.0.0.1:1 does not answer: start the service with npm start, or name another with --target.',
    );
  });
});
