import { describe, expect, it } from 'vitest';
import { CHAT_GAP_MS_MIN, Director, type Action } from './director.js';
import type { Random } from './chance.js';

const ROBOTS = ['robot_1', 'robot_2', 'robot_3', 'robot_4', 'robot_5'];
const LIMITS = { currency: 'CNY', shareMin: 1, shareMax: 20_000, sharesMax: 100 };
const SEEDS = Array.from({ length: 40 }, (_, seed) => seed + 1);

/** The same numbers for the same seed (mulberry32). */
function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Checks a fact for every seed, and names the seed for which it fails. */
function forEverySeed(check: (seed: number) => void): () => void {
  return () => {
    for (const seed of SEEDS) {
      try {
        check(seed);
      } catch (error) {
        (error as Error).message = `seed ${seed}: ${(error as Error).message}`;
        throw error;
      }
    }
  };
}

const packet = (count: number, senderId = 'person') => ({ packetId: 'p1', senderId, count });

/** A room in which time passes in steps of 100 ms; `acts` holds what was decided, with its instant. */
class Room {
  nowMs = 1_000_000;
  readonly acts: (Action & { atMs: number })[] = [];
  readonly director: Director;

  constructor(seed: number) {
    this.director = new Director(ROBOTS, LIMITS, seededRandom(seed));
    this.director.online(ROBOTS.length, this.nowMs);
  }

  people(count: number): void {
    this.director.online(ROBOTS.length + count, this.nowMs);
  }

  pass(ms: number): this {
    for (const untilMs = this.nowMs + ms; this.nowMs < untilMs;) {
      this.nowMs += 100;
      for (const act of this.director.tick(this.nowMs)) this.acts.push({ ...act, atMs: this.nowMs });
    }
    return this;
  }

  instants(kind: Action['kind']): number[] {
    return this.acts.filter((act) => act.kind === kind).map((act) => act.atMs);
  }
}

describe('the robots', () => {
  it(
    'are silent while nobody else is in the room',
    forEverySeed((seed) => {
      const room = new Room(seed);
      room.pass(60_000);
      room.director.dropped(packet(5), room.nowMs);
      room.pass(120_000);
      expect(room.acts).toEqual([]);
    }),
  );

  it(
    'fall silent when the last person leaves, and save nothing up',
    forEverySeed((seed) => {
      const room = new Room(seed);
      room.people(1);
      room.pass(5_000);
      room.director.dropped(packet(5), room.nowMs);
      room.people(0);
      const before = room.acts.length;
      room.pass(120_000);
      expect(room.acts).toHaveLength(before);
      room.people(1);
      room.pass(1_000);
      expect(room.acts).toHaveLength(before);
    }),
  );

  it(
    'send a packet within ten seconds of a person coming, and every forty or so after',
    forEverySeed((seed) => {
      const room = new Room(seed);
      room.people(1);
      const cameMs = room.nowMs;
      const sends = room.pass(300_000).instants('send');
      expect(sends[0]! - cameMs).toBeLessThanOrEqual(10_000);
      expect(sends.length).toBeGreaterThanOrEqual(6);
      for (let k = 1; k < sends.length; k += 1) {
        expect(sends[k]! - sends[k - 1]!).toBeGreaterThanOrEqual(35_000);
        expect(sends[k]! - sends[k - 1]!).toBeLessThanOrEqual(45_100);
      }
    }),
  );

  it(
    'do not pour out packets for somebody who reloads the page, and still do not keep them waiting',
    forEverySeed((seed) => {
      const room = new Room(seed);
      for (let visit = 0; visit < 60; visit += 1) {
        room.people(1);
        room.pass(700);
        room.people(0);
        room.pass(300);
      }
      room.people(1);
      const sends = room.pass(10_000).instants('send');
      expect(sends.length).toBeGreaterThan(0);
      for (let k = 1; k < sends.length; k += 1)
        expect(sends[k]! - sends[k - 1]!).toBeGreaterThanOrEqual(9_000);
    }),
  );

  it(
    'write a line at most every eight seconds, thanks and welcomes included',
    forEverySeed((seed) => {
      const room = new Room(seed);
      room.people(1);
      for (let k = 0; k < 40; k += 1) {
        room.pass(5_000);
        room.director.grabbed(k % ROBOTS.length, 'p1', 'won', room.nowMs);
        if (k % 10 === 0) room.people(k % 20 === 0 ? 2 : 1);
      }
      const lines = room.instants('chat');
      expect(lines.length).toBeGreaterThan(5);
      for (let k = 1; k < lines.length; k += 1) {
        expect(lines[k]! - lines[k - 1]!).toBeGreaterThanOrEqual(CHAT_GAP_MS_MIN);
      }
    }),
  );

  it(
    'send packets that the service takes',
    forEverySeed((seed) => {
      const room = new Room(seed);
      room.people(1);
      for (const act of room.pass(300_000).acts) {
        if (act.kind !== 'send') continue;
        expect(act.packet.count).toBeGreaterThanOrEqual(3);
        expect(act.packet.count).toBeLessThanOrEqual(8);
        expect(act.packet.amount).toBeGreaterThanOrEqual(88);
        expect(act.packet.amount).toBeLessThanOrEqual(2_000);
      }
    }),
  );

  it(
    'leave a share of every packet of two or more, and start after 0.6 s at the soonest',
    forEverySeed((seed) => {
      for (const count of [2, 3, 5, 8]) {
        const room = new Room(seed);
        room.people(1);
        room.director.dropped(packet(count), room.nowMs);
        const droppedMs = room.nowMs;
        room.pass(1_000);
        expect(room.instants('grab').length).toBeLessThan(count);
        const grabs = room.pass(10_000).instants('grab');
        expect(grabs.length).toBeLessThanOrEqual(Math.min(count - 1, ROBOTS.length));
        for (const atMs of grabs) {
          expect(atMs - droppedMs).toBeGreaterThanOrEqual(600);
          expect(atMs - droppedMs).toBeLessThanOrEqual(4_100);
        }
      }
    }),
  );

  it(
    'give a person a head start of a second on a single share',
    forEverySeed((seed) => {
      const room = new Room(seed);
      room.people(1);
      room.director.dropped(packet(1), room.nowMs);
      expect(room.pass(1_000).instants('grab')).toEqual([]);
      expect(room.pass(10_000).instants('grab').length).toBeLessThanOrEqual(1);
    }),
  );

  it('never grab their own packet, one not meant for them, or one twice', () => {
    const robots = new Set<number>();
    for (const seed of SEEDS) {
      const room = new Room(seed);
      room.people(1);
      const only = { ...packet(50, 'robot_2'), onlyUserIds: ['person', 'robot_1', 'robot_2', 'robot_4'] };
      for (let ear = 0; ear < ROBOTS.length; ear += 1) room.director.dropped(only, room.nowMs);
      const grabbers = room.pass(10_000).acts.flatMap((act) => (act.kind === 'grab' ? [act.robot] : []));
      expect(new Set(grabbers).size).toBe(grabbers.length);
      for (const robot of grabbers) robots.add(robot);
    }
    expect([...robots].sort()).toEqual([0, 3]);
  });

  it('keep to the limits of a service that allows less', () => {
    const limits = { currency: 'HKD', shareMin: 1, shareMax: 20, sharesMax: 2 };
    const director = new Director(ROBOTS, limits, seededRandom(1));
    director.online(ROBOTS.length + 1, 0);
    const send = director.tick(10_000).find((act) => act.kind === 'send');
    expect(send).toMatchObject({ packet: { currency: 'HKD', count: 2, amount: 40 } });
  });
});
