import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import type { HongbaoClient } from '@app/client';
import { makeDataSource } from '@app/ledger';
import { auditOf, until } from '@app/testing';
import { connectAll, crowdOf } from '../../api/test/campaign-crowd.js';
import { Brand, iso } from '../../api/test/campaign-scene.js';
import type { Service } from '../../launcher/src/service.js';
import { ownService, type OwnService } from './own-service.js';

const DROPS = 20;
const APART_MS = 750;
/** A packet is told of at its opening and 500 ms after another's. */
const ANNOUNCE_SECONDS = 1;
/** The worker dies as soon as so many openings are committed, in the middle of all that waits for its instant. */
const KILLED_AFTER_DROPS = [4, 12];
const FIRST_IN_MS = 4_000;
const LISTENERS = 20;
const AMOUNT = 1_000;
/** A drop whose job died with its worker is found by the sweep of every second; the machine may be busy. */
const LATE_MS_MAX = 2_000;

let own: OwnService;
let service: Service;
let dataSource: DataSource;
const clients: HongbaoClient[] = [];
beforeAll(async () => {
  own = await ownService('drops');
  service = await own.start();
  dataSource = await makeDataSource(service.env.DATABASE_URL!, 2, 'drops-test').initialize();
});
afterAll(async () => {
  for (const client of clients) client.close();
  await dataSource.destroy();
  await service.stop();
  own.remove();
});

interface Outage {
  fromMs: number;
  untilMs: number;
}

/** From the kill to the moment at which its successor can serve. */
async function killWorkerAfter(drops: number, campaignId: string): Promise<Outage> {
  await until(`${drops} drops are open`, async () => (await toldOf(campaignId)).length >= drops, 30_000);
  const pid = service.pids.worker!;
  const fromMs = Date.now();
  process.kill(pid, 'SIGKILL');
  const isBack = async () => {
    if (service.pids.worker === pid || service.pids.worker === undefined) return false;
    return (await fetch(`${service.env.WORKER_URL}/readyz`).catch(() => undefined))?.status === 200;
  };
  await until('the worker is back', isBack, 30_000);
  return { fromMs, untilMs: Date.now() };
}

interface Told {
  dropId: string;
  opensAtMs: number;
  lateMs: number;
  packets: number;
}

async function toldOf(campaignId: string): Promise<Told[]> {
  const rows = await dataSource.query<{ dropId: string; opensAt: Date; openedAt: Date; packets: number }[]>(
    `SELECT d.drop_id AS "dropId", d.opens_at AS "opensAt", d.opened_at AS "openedAt",
       (SELECT count(*) FROM packets p WHERE p.drop_id = d.drop_id) AS packets
     FROM campaign_drops d WHERE d.campaign_id = $1 AND d.opened_at IS NOT NULL ORDER BY d.opens_at`,
    [campaignId],
  );
  return rows.map(({ opensAt, openedAt, ...row }) => ({
    ...row,
    opensAtMs: opensAt.getTime(),
    lateMs: openedAt.getTime() - opensAt.getTime(),
  }));
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, max ${sorted.at(-1)} ms (${sorted.length} drops)`;
}

describe('20 drops within 15 seconds, while their worker is killed twice', () => {
  /**
   * Postgres holds one packet for each by the row of the drop. The audience could be told twice if the worker died after it
   * had told the gateways and before it had committed that it did (one publish, then one UPDATE and COMMIT): said twice
   * is harmless, unsaid would not be, so it stands in that order. The kills here come when an opening is committed.
   */
  it('are each dropped once, on time while it runs, and as soon as it is back when it does not', async () => {
    const brand = await Brand.found(service.url);
    const listeners = await crowdOf({ url: service.url, env: service.env }, LISTENERS, 'listener');
    clients.push(...(await connectAll(listeners)));
    const told = clients.map(() => new Map<string, number>());
    clients.forEach((client, k) => {
      client.on('packet:dropped', ({ packetId }) => {
        told[k]!.set(packetId, (told[k]!.get(packetId) ?? 0) + 1);
      });
    });
    const campaignId = await brand.campaign();
    const firstMs = Date.now() + FIRST_IN_MS;
    for (let k = 0; k < DROPS; k += 1) {
      const opensAt = new Date(firstMs + k * APART_MS).toISOString();
      const packet = { kind: 'lucky', amount: AMOUNT, count: 10 };
      await brand.drop(campaignId, { opensAt, announceSeconds: ANNOUNCE_SECONDS, packet });
    }
    await brand.post(`/campaigns/${campaignId}/schedule`);
    const outages: Outage[] = [];
    for (const drops of KILLED_AFTER_DROPS) {
      outages.push(await killWorkerAfter(drops, campaignId));
    }
    const all = await until(
      'all drops are open',
      async () => {
        const drops = await toldOf(campaignId);
        return drops.length === DROPS && drops;
      },
      45_000,
    );

    expect(all.map(({ packets }) => packets)).toEqual(Array.from({ length: DROPS }, () => 1));
    await until('every listener heard of every drop', () => told.every((packets) => packets.size === DROPS));
    const twice = told.flatMap((packets, k) =>
      [...packets]
        .filter(([, times]) => times > 1)
        .map(([packetId, times]) => `listener ${k}, ${packetId}: ${times} times`),
    );
    expect(twice).toEqual([]);
    const isOut = ({ opensAtMs }: Told) =>
      outages.some(({ fromMs, untilMs }) => opensAtMs >= fromMs && opensAtMs <= untilMs);
    const [during, others] = [all.filter(isOut), all.filter((drop) => !isOut(drop))];
    const late = (drops: Told[]) => drops.map(({ lateMs }) => lateMs);
    const outFor = outages.map(({ fromMs, untilMs }) => untilMs - fromMs);
    console.info(
      `drift of ${DROPS} drops: while the worker ran ${spread(late(others))}; opening in an outage ${spread(late(during))}; ` +
        `outages of ${outFor.join(' and ')} ms`,
    );
    expect(during.length).toBeGreaterThan(0);
    expect(Math.min(...late(all))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late(others))).toBeLessThan(LATE_MS_MAX);
    expect(Math.max(...late(during))).toBeLessThan(Math.max(...outFor) + LATE_MS_MAX);
    expect(await auditOf(service.env)).toMatchObject({ ok: true, broken: [] });
  }, 150_000);
});

describe('two schedulers at once', () => {
  it('drop once what both are called up for', async () => {
    const brand = await Brand.found(service.url);
    const [listener] = await connectAll(await crowdOf({ url: service.url, env: service.env }, 1, 'listener'));
    clients.push(listener!);
    const told: string[] = [];
    listener!.on('packet:dropped', ({ packetId }) => told.push(packetId));
    const campaignId = await brand.campaign();
    const dropId = await brand.drop(campaignId, { opensAt: iso(2_500), announceSeconds: 0 });
    await brand.post(`/campaigns/${campaignId}/schedule`);
    // Each pause and resume calls every drop up anew, beside the sweep of every second.
    for (let k = 0; k < 10; k += 1) {
      await brand.post(`/campaigns/${campaignId}/pause`);
      await brand.post(`/campaigns/${campaignId}/resume`);
    }
    const { packets } = await brand.opened(campaignId, dropId);
    expect(packets).toHaveLength(1);
    await until('it was told', () => told.length > 0);
    await brand.post(`/campaigns/${campaignId}/cancel`);
    await until('it is closed', async () => (await brand.dropView(campaignId, dropId)).state === 'closed');
    expect(told).toEqual([packets[0]!.packetId]);
  });
});
