import pg from 'pg';
import { makeCampaign, type MadeCampaign } from './make-campaign.js';
import type { MadePacket, Maker } from './maker.js';

export { Maker, SEED_KEY, type MadePacket } from './maker.js';

export interface World {
  senderId: string;
  /** Lucky, all taken, closed. */
  finished: MadePacket;
  /** Fixed, all taken, closed. */
  fixed: MadePacket;
  /** Lucky, some taken, closed at its expiry. */
  expired: MadePacket;
  /** Lucky, some taken. */
  open: MadePacket;
  /** Lucky, of two blocks. */
  large: MadePacket;
  /** Of a campaign, some taken. */
  campaign: MadeCampaign;
}

export async function makeHealthyWorld(maker: Maker): Promise<World> {
  await maker.prepare();
  const world = {
    senderId: maker.senderId,
    finished: await maker.open('lucky', 1_000, 10),
    fixed: await maker.open('fixed', 400, 4),
    expired: await maker.open('lucky', 500, 5),
    open: await maker.open('lucky', 600, 6),
    large: await maker.open('lucky', 120_000, 1_200),
  };
  const { finished, fixed, expired, open, large } = world;
  for (const [packet, grabs] of [
    [finished, 12],
    [fixed, 4],
    [expired, 3],
    [open, 2],
    [large, 1_100],
  ] as const) {
    await maker.grab(packet, grabs);
  }
  await maker.settle(finished, fixed, expired, open, large);
  await maker.expire(expired);
  for (const packet of [finished, fixed, expired]) await maker.close(packet);
  return { ...world, campaign: await makeCampaign(maker) };
}

/** A connection with nothing around it, for planting damage. */
export function plainPool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => undefined); // the database is dropped under idle connections
  return pool;
}
