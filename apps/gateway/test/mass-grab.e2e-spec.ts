import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { HongbaoClient } from '@app/client';
import type { GrabResult, PacketClosed, Proof } from '@app/contracts';
import { availableOf, fundedRoom, signIn, signInMany, until, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url } = serviceUnderTest();
const open: HongbaoClient[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

async function connectAll(people: TestPerson[]): Promise<HongbaoClient[]> {
  const clients = await Promise.all(people.map((person) => person.connect()));
  open.push(...clients);
  return clients;
}

const lucky = (roomId: string, amount: number, count: number) =>
  ({ roomId, kind: 'lucky', amount, count, currency: 'CNY' }) as const;

describe('a lucky packet of 20,000 fen in 100 shares that 500 people grab at once', () => {
  it('has 100 winners who are paid, 400 who are told empty, and a proof that recomputes', async () => {
    const [sender] = await signInMany(url, 1, 'sender');
    const people = await signInMany(url, 500, 'grabber');
    const roomId = await fundedRoom(sender!, people, 20_000);
    const clients = await connectAll(people);
    await Promise.all(clients.map((client) => client.joinRoom(roomId)));
    const closed = clients.map(
      (client) => new Promise<PacketClosed>((resolve) => client.on('packet:closed', resolve)),
    );
    const dropped = clients.map((client) => new Promise((resolve) => client.on('packet:dropped', resolve)));

    const { packetId } = await sender!.http.sendPacket(lucky(roomId, 20_000, 100));
    await Promise.all(dropped);
    const results = await Promise.all(clients.map((client) => client.grab(packetId)));

    const won = results.filter((result) => result.outcome === 'won');
    expect(won).toHaveLength(100);
    expect(results.filter((result) => result.outcome === 'empty')).toHaveLength(400);
    expect(won.reduce((sum, result) => sum + result.amount!, 0)).toBe(20_000);
    expect(new Set(won.map((result) => result.ordinal)).size).toBe(100);

    await until(
      'every winner is paid',
      async () => {
        const paid = await Promise.all(
          results.map(async (result, k) => (result.outcome === 'won' ? availableOf(people[k]!) : undefined)),
        );
        return results.every((result, k) => result.outcome !== 'won' || paid[k] === result.amount);
      },
      5_000,
    );

    const again = await Promise.all(clients.map((client) => client.grab(packetId)));
    again.forEach((result, k) => {
      const first = results[k]!;
      expect(result).toEqual(
        first.outcome === 'won' ? { ...first, outcome: 'already' } : { outcome: 'empty' },
      );
    });

    const best = won.reduce((a, b) =>
      b.amount! > a.amount! || (b.amount === a.amount && b.ordinal! < a.ordinal!) ? b : a,
    );
    for (const told of await Promise.all(closed)) {
      expect(told).toMatchObject({ packetId, state: 'finished', refunded: 0 });
      expect(told.bestLuck).toMatchObject({ ordinal: best.ordinal, amount: best.amount });
    }
    const claims = await sender!.http.claims(packetId);
    expect(claims.filter((claim) => claim.settled)).toHaveLength(100);
    expect(claims.filter((claim) => claim.bestLuck).map((claim) => claim.ordinal)).toEqual([best.ordinal]);
    expect(sharesByAnotherHand(await sender!.http.proof(packetId))).toEqual(
      claims.map((claim) => claim.amount),
    );
  });
});

describe('one user', () => {
  it('who sends 200 grabs over 10 sockets at once has one claim', async () => {
    const sender = await signIn(url, 'sender');
    const person = await signIn(url, 'grabber');
    const roomId = await fundedRoom(sender, [person], 1_000);
    const clients = await connectAll(Array.from({ length: 10 }, () => person));
    const { packetId } = await sender.http.sendPacket(lucky(roomId, 1_000, 10));
    const results = await Promise.all(
      clients.flatMap((client) => Array.from({ length: 20 }, () => client.grab(packetId))),
    );
    const won = results.filter((result) => result.outcome === 'won');
    expect(won).toHaveLength(1);
    expect(results.filter((result) => result.outcome === 'already')).toHaveLength(199);
    expect(new Set(results.map((result) => `${result.ordinal}:${result.amount}`)).size).toBe(1);
    expect(await sender.http.claims(packetId)).toHaveLength(1);
  });

  it('who taps 600 times in a moment has 600 answers: those beyond the limit are told when to come back', async () => {
    const [sender, person] = [await signIn(url, 'sender'), await signIn(url, 'tapper')];
    const roomId = await fundedRoom(sender, [person], 1_000);
    const { packetId } = await sender.http.sendPacket(lucky(roomId, 1_000, 10));
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    const frames: string[] = [];
    socket.on('message', (data: Buffer) => frames.push(data.toString()));
    await until('open', () => frames.length > 0);
    socket.send(`40${JSON.stringify({ token: person.token })}`);
    await until('signed in', () => frames.some((frame) => frame.startsWith('40')));
    for (let k = 0; k < 600; k += 1) socket.send(`42${k}["packet:grab",{"packetId":"${packetId}"}]`);
    const answers = await until('all are answered', () => {
      const acks = frames.filter((frame) => frame.startsWith('43'));
      return acks.length === 600 && acks;
    });
    socket.close();
    expect(new Set(answers.map((frame) => Number.parseInt(frame.slice(2), 10))).size).toBe(600);
    const results = answers.map(
      (frame) => (JSON.parse(frame.slice(frame.indexOf('['))) as [GrabResult<number>])[0],
    );
    const busy = results.filter(({ outcome }) => outcome === 'busy');
    // 400 in ten seconds, and what flows in while they are read: 40 a second.
    expect(busy.length).toBeGreaterThan(0);
    expect(600 - busy.length).toBeGreaterThanOrEqual(400);
    expect(busy.every(({ retryAfterMs }) => retryAfterMs! > 0)).toBe(true);
    expect(results.filter(({ outcome }) => outcome === 'won')).toHaveLength(1);
    expect(results.filter(({ outcome }) => outcome === 'already')).toHaveLength(599 - busy.length);
  });
});

/** split-v1 written once more from its description, with other means: what a stranger would do. */
function sharesByAnotherHand({ seed, amount, count, min, max, packetId, commitment }: Proof): number[] {
  const bound = `split-v1|${packetId}|${seed}|${amount}|${count}|${min}|${max}`;
  expect(createHash('sha256').update(bound).digest('hex')).toBe(commitment);
  let draws = 0;
  const between = (lo: number, hi: number): number => {
    const hash = createHash('sha1')
      .update(`${seed}:0:${Math.trunc(draws / 3)}`)
      .digest('hex');
    const u = BigInt(`0x${hash.substring(13 * (draws % 3), 13 * (draws % 3) + 13)}`);
    draws += 1;
    return lo + Math.floor((Number(u) / 4503599627370496) * (hi - lo + 1));
  };
  const shares: number[] = [];
  let rest = amount;
  for (let left = count; left > 1; left -= 1) {
    const lo = Math.max(min, rest - max * (left - 1));
    let hi = Math.min(Math.floor((2 * rest) / left) - min, max, rest - min * (left - 1));
    if (hi < lo) hi = lo;
    const share = between(lo, hi);
    shares.push(share);
    rest -= share;
  }
  shares.push(rest);
  for (let i = count; i > 1; i -= 1) {
    const j = between(1, i);
    const held = shares[i - 1]!;
    shares[i - 1] = shares[j - 1]!;
    shares[j - 1] = held;
  }
  return shares;
}
