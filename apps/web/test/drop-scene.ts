import { randomUUID } from 'node:crypto';
import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import type { DropRequest } from '@app/client';
import { until, type TestPerson } from '@app/testing';
import { BrandScene } from './console-scene.js';

/** A brand with money, and a room of people who are its audience: nobody else's page is to show its drops. */
export interface Stage {
  brand: BrandScene;
  owner: TestPerson;
  roomId: string;
}

export async function setStage(
  url: string,
  owner: TestPerson,
  people: readonly Pick<TestPerson, 'userId'>[],
  names: { brand: string; room: string } = { brand: '五芳斋', room: 'the audience' },
): Promise<Stage> {
  const brand = await BrandScene.found(url, owner, names.brand);
  const [{ roomId }] = await Promise.all([owner.http.createRoom(names.room), brand.topUp(10_000_000)]);
  await owner.http.addMembers(
    roomId,
    people.map(({ userId }) => userId),
  );
  return { brand, owner, roomId };
}

interface Plan extends Partial<Omit<DropRequest, 'opensAt'>> {
  inMs: number;
  coverId?: string;
}

export interface Planned {
  campaignId: string;
  /** Of this drop alone, so that its card is told from any other. */
  greeting: string;
  opensAtMs: number;
}

/** A campaign with one drop, scheduled. It is announced at once unless told otherwise. */
export async function planDrop({ brand, roomId }: Stage, { inMs, coverId, ...drop }: Plan): Promise<Planned> {
  const greeting = drop.greeting ?? `Good luck ${randomUUID().slice(0, 6)}`;
  const campaignId = await brand.campaign(coverId ? { coverId } : {});
  const opensAtMs = Math.ceil(Date.now() / 1_000) * 1_000 + inMs;
  await brand.post(`/campaigns/${campaignId}/drops`, {
    ...{ announceSeconds: 3_600, audience: { kind: 'room', roomId } },
    packet: { kind: 'fixed', amount: 8_800, count: 100 },
    ...drop,
    ...{ greeting, opensAt: new Date(opensAtMs).toISOString() },
  });
  await brand.post(`/campaigns/${campaignId}/schedule`);
  return { campaignId, greeting, opensAtMs };
}

export const dropCard = (page: Page, { greeting }: Pick<Planned, 'greeting'>, phase?: string): Locator =>
  page.locator(`[data-testid="drop"]${phase ? `[data-phase="${phase}"]` : ''}`).filter({ hasText: greeting });

/** What all packets of the campaign gave, by the api. */
export async function claimsOf({ brand }: Stage, { campaignId }: Planned): Promise<Map<string, number>> {
  const drops = await brand.drops(campaignId);
  const sums = new Map<string, number>();
  for (const { packetId } of drops.flatMap(({ packets }) => packets)) {
    const claims = await brand.get<{ userId: string; amount: number }[]>(`/packets/${packetId}/claims`);
    for (const { userId, amount } of claims) sums.set(userId, (sums.get(userId) ?? 0) + amount);
  }
  return sums;
}

/** Until the drop is announced, or open, as its state says. */
export const dropIs = ({ brand }: Stage, { campaignId }: Planned, state: 'announced' | 'open') =>
  until(`the drop is ${state}`, async () => (await brand.drops(campaignId))[0]?.state === state, 20_000);

/** A brand's picture for its envelopes, upright as covers are. */
export function paintCover(words: string): Promise<Buffer> {
  const lights = Array.from({ length: 16 }, (_, n) => {
    const [x, y, r] = [(n * 173) % 600, (n * 389) % 1_000, 8 + ((n * 7) % 34)];
    return `<circle cx="${x}" cy="${y}" r="${r}" fill="#e9c46a" opacity="0.22"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="1000">
    <defs><linearGradient id="g" x2="0" y2="1">
      <stop stop-color="#0f6a50"/><stop offset="1" stop-color="#062621"/>
    </linearGradient></defs>
    <rect width="600" height="1000" fill="url(#g)"/>${lights.join('')}
    <path d="M300 330 L470 650 L130 650 Z" fill="#86b35f" stroke="#e9c46a" stroke-width="10" stroke-linejoin="round"/>
    <path d="M300 330 L350 650 M300 330 L240 650" stroke="#5d8a41" stroke-width="6"/>
    <path d="M172 570 L428 570" stroke="#f2e6c8" stroke-width="14"/>
    <text x="300" y="850" font-size="92" fill="#f2e6c8" text-anchor="middle" font-family="serif">${words}</text>
  </svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}
