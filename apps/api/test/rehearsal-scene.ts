import { readFileSync } from 'node:fs';
import type { HongbaoClient } from '@app/client';
import { type Brand, iso } from './campaign-scene.js';

const COVER = new URL('../../../docs/pictures/envelope.png', import.meta.url);
const PUSHES = ['packet:announced', 'packet:dropped', 'packet:progressed', 'packet:closed'] as const;

/** An evening in a week: for everyone, with a quiz for a list and a task, a rain for a room, a shake; and its tiers. */
export async function evening(brand: Brand, roomId: string, coverId: string): Promise<string> {
  const weekFromNowMs = Date.now() + 7 * 86_400_000;
  const atHour = (hour: number) => new Date(weekFromNowMs + hour * 3_600_000).toISOString();
  const campaignId = await brand.campaign({
    ...{ startsAt: iso(0), endsAt: atHour(9), greeting: '端午安康', coverId },
    caps: { claimsPerPerson: 8 },
  });
  const quiz = {
    kind: 'quiz',
    questions: [{ text: '五芳斋 began in', options: ['1921', '1821', '2021'], answer: 0 }],
  };
  const fixed = (amount: number, count: number) => ({ kind: 'fixed', amount, count });
  await brand.drop(campaignId, {
    ...{ opensAt: atHour(1), announceSeconds: 60, packet: fixed(3_000, 30) },
    tiers: [{ name: 'gold', segment: { attributes: { level: 'gold' } }, packet: fixed(2_000, 10) }],
  });
  const audience = { kind: 'list', audienceId: await listOf(brand) };
  await brand.drop(campaignId, { opensAt: atHour(2), audience, gates: [quiz], packet: fixed(5_000, 50) });
  const task = { kind: 'task', taskId: 'follow' };
  await brand.drop(campaignId, { opensAt: atHour(2), audience, gates: [task], packet: fixed(5_000, 50) });
  await brand.drop(campaignId, {
    ...{ opensAt: atHour(3), audience: { kind: 'room', roomId }, packet: fixed(4_000, 40) },
    rain: { rounds: 2, roundSeconds: 60, gapSeconds: 60, catchesPerRound: 2 },
  });
  await brand.drop(campaignId, {
    ...{ opensAt: atHour(4), packet: { kind: 'lucky', amount: 10_000, count: 20 } },
    shake: { oddsPercent: 30, releaseSeconds: 600 },
  });
  return campaignId;
}

async function listOf({ url, marketer, tenantId }: Brand): Promise<string> {
  const headers = { authorization: `Bearer ${marketer.token}`, 'content-type': 'text/csv' };
  const path = `/api/v1/audiences?tenantId=${tenantId}&name=guests`;
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers,
    body: `${marketer.userId}\nguest\n`,
  });
  return ((await response.json()) as { audienceId: string }).audienceId;
}

export async function coverOf({ url, marketer, tenantId }: Brand): Promise<string> {
  const form = new FormData();
  form.set('tenantId', tenantId);
  form.set('usesMax', '5');
  form.set('image', new Blob([readFileSync(COVER)], { type: 'image/png' }), 'cover.png');
  const headers = { authorization: `Bearer ${marketer.token}` };
  const response = await fetch(`${url}/api/v1/covers`, { method: 'POST', headers, body: form });
  return ((await response.json()) as { coverId: string }).coverId;
}

/** Everything that a socket is told. */
export function ears(client: HongbaoClient): string[] {
  const heard: string[] = [];
  const hear = ({ packetId }: { packetId: string }) => heard.push(packetId);
  for (const event of PUSHES) client.on(event, hear);
  client.on('message:posted', ({ text }) => heard.push(text));
  client.on('wallet:changed', ({ currency }) => heard.push(currency));
  return heard;
}
