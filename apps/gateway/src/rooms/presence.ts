import { randomUUID } from 'node:crypto';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { GatewayParts } from '../parts.js';

/** What a gateway said of its rooms counts for so long, */
const PRESENCE_SECONDS = 30;
const HEARTBEAT_MS = 10_000;
const USERS_LISTED_MAX = 100;
/** but not once the gateway itself has not been heard of for so long: it was killed, or can't reach Redis. */
const ALIVE_MS = 6_000;
const ALIVE_BEAT_MS = 2_000;
const GATEWAYS_KEY = 'hb:gateways';

/**
 * Who is online in a room, as people and not as connections, over all gateways. Each gateway keeps a hash of its own
 * people for each room (user id → name), which ends by itself when the gateway does.
 */
@Injectable()
export class Presence implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly gatewayId = randomUUID().slice(0, 8);
  /** Room → user → connections here. */
  private readonly here = new Map<string, Map<string, number>>();
  /** Gateways that are no longer heard of, and since when. */
  private readonly gone = new Map<string, number>();
  private heartbeat?: NodeJS.Timeout;
  private aliveBeat?: NodeJS.Timeout;
  private tellGone = () => {};

  constructor(private readonly parts: GatewayParts) {}

  onApplicationBootstrap(): void {
    this.heartbeat = setInterval(() => void this.refresh().catch(() => undefined), HEARTBEAT_MS);
    const beat = () => void this.lookForGone().catch(() => undefined);
    this.aliveBeat = setInterval(beat, ALIVE_BEAT_MS);
    beat();
  }

  /** Told when a gateway was lost: the numbers of all rooms here may have changed. */
  onGatewayGone(tell: (roomIds: string[]) => void): void {
    this.tellGone = () => tell([...this.here.keys()]);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.heartbeat);
    clearInterval(this.aliveBeat);
    const leave = this.parts.redis.presence.pipeline().srem(GATEWAYS_KEY, this.gatewayId);
    for (const roomId of this.here.keys())
      leave.del(this.ownKey(roomId)).zrem(gatewaysKey(roomId), this.gatewayId);
    await leave.exec().catch(() => undefined);
  }

  /** True when this person was not yet online in the room through this gateway. */
  async enter(roomId: string, userId: string, name: string): Promise<boolean> {
    const users = this.here.get(roomId) ?? new Map<string, number>();
    this.here.set(roomId, users);
    const connections = users.get(userId) ?? 0;
    users.set(userId, connections + 1);
    if (connections > 0) return false;
    const redis = this.parts.redis.presence.pipeline();
    await keepAlive(redis.hset(this.ownKey(roomId), userId, name), roomId, this.gatewayId).exec();
    return true;
  }

  /** True when this was the person's last connection to the room here. */
  async leave(roomId: string, userId: string): Promise<boolean> {
    const users = this.here.get(roomId);
    const connections = users?.get(userId) ?? 0;
    if (!users || connections === 0) return false;
    if (connections > 1) {
      users.set(userId, connections - 1);
      return false;
    }
    users.delete(userId);
    if (users.size === 0) this.here.delete(roomId);
    await this.parts.redis.presence.hdel(this.ownKey(roomId), userId);
    return true;
  }

  async count(roomId: string): Promise<number> {
    const keys = await this.liveKeys(roomId);
    if (keys.length <= 1) return keys[0] ? this.parts.redis.presence.hlen(keys[0]) : 0;
    const users = await Promise.all(keys.map((key) => this.parts.redis.presence.hkeys(key)));
    return new Set(users.flat()).size;
  }

  /** Some of them, at most 100. */
  async list(roomId: string): Promise<{ userId: string; name: string }[]> {
    const listed = new Map<string, string>();
    for (const key of await this.liveKeys(roomId)) {
      const [, pairs] = await this.parts.redis.presence.hscan(key, 0, 'COUNT', USERS_LISTED_MAX);
      for (let k = 0; k + 1 < pairs.length && listed.size < USERS_LISTED_MAX; k += 2)
        listed.set(pairs[k]!, pairs[k + 1]!);
    }
    return [...listed].map(([userId, name]) => ({ userId, name }));
  }

  private async liveKeys(roomId: string): Promise<string[]> {
    const ids = await this.parts.redis.presence.zrangebyscore(gatewaysKey(roomId), Date.now(), '+inf');
    return ids.filter((id) => !this.gone.has(id)).map((gatewayId) => usersKey(roomId, gatewayId));
  }

  /** Four commands every two seconds, however many rooms; by keys that end, for the clocks of gateways may differ. */
  private async lookForGone(): Promise<void> {
    const { presence } = this.parts.redis;
    await presence.set(aliveKey(this.gatewayId), '1', 'PX', ALIVE_MS);
    await presence.sadd(GATEWAYS_KEY, this.gatewayId);
    const ids = await presence.smembers(GATEWAYS_KEY);
    const alive = await presence.mget(ids.map(aliveKey));
    let lost = false;
    for (const [k, id] of ids.entries()) {
      if (alive[k]) this.gone.delete(id);
      else if (!this.gone.has(id)) {
        this.gone.set(id, Date.now());
        lost = true;
      }
    }
    if (lost) this.tellGone();
    for (const [id, sinceMs] of this.gone) {
      // By now its rooms have forgotten it as well.
      if (Date.now() - sinceMs < 2 * PRESENCE_SECONDS * 1_000) continue;
      this.gone.delete(id);
      await presence.srem(GATEWAYS_KEY, id);
    }
  }

  private async refresh(): Promise<void> {
    const redis = this.parts.redis.presence.pipeline();
    for (const roomId of this.here.keys()) keepAlive(redis, roomId, this.gatewayId);
    await redis.exec();
  }

  private ownKey(roomId: string): string {
    return usersKey(roomId, this.gatewayId);
  }
}

type Pipeline = ReturnType<GatewayParts['redis']['presence']['pipeline']>;

const usersKey = (roomId: string, gatewayId: string) => `hb:presence:${roomId}:${gatewayId}`;
const aliveKey = (gatewayId: string) => `hb:gateway:${gatewayId}`;
const gatewaysKey = (roomId: string) => `hb:presence:${roomId}`;

function keepAlive(redis: Pipeline, roomId: string, gatewayId: string): Pipeline {
  const untilMs = Date.now() + PRESENCE_SECONDS * 1_000;
  return redis
    .expire(usersKey(roomId, gatewayId), PRESENCE_SECONDS)
    .zadd(gatewaysKey(roomId), untilMs, gatewayId)
    .expire(gatewaysKey(roomId), PRESENCE_SECONDS);
}
