import { describe, expect, it } from 'vitest';
import { RefusalError } from '@app/contracts';
import { UnansweredError } from './ask-again.js';
import { HongbaoClient } from './hongbao-client.js';
import { opensAtFor } from './opening.js';
import { PACKET, TestGateway, WON } from './test-gateway.js';

const gateway = new TestGateway();

describe('HongbaoClient', () => {
  it('asks again when a grab is not answered', async () => {
    const asked = gateway.answerGrabs(undefined, WON);
    const client = await gateway.connect();
    expect(await client.grab(PACKET)).toEqual(WON);
    expect(asked).toEqual([PACKET, PACKET]);
  });

  it('says that a grab is unknown when it was never answered', async () => {
    const asked = gateway.answerGrabs(undefined);
    const client = await gateway.connect({ answerMsMax: 50 });
    await expect(client.grab(PACKET)).rejects.toBeInstanceOf(UnansweredError);
    expect(asked).toHaveLength(gateway.quick.triesMax);
  });

  it('asks again after the time that a busy server asked for', async () => {
    gateway.answerGrabs(
      { outcome: 'busy', retryAfterMs: 700 },
      { error: { code: 'busy', message: 'Busy.', retryAfterMs: 900 } },
      WON,
    );
    const client = await gateway.connect();
    expect(await client.grab(PACKET)).toEqual(WON);
    expect(gateway.waits).toEqual([700, 900]);
  });

  it('gives the last answer when the server stays busy', async () => {
    const asked = gateway.answerGrabs({ outcome: 'busy', retryAfterMs: 10 });
    const client = await gateway.connect();
    expect((await client.grab(PACKET)).outcome).toBe('busy');
    expect(asked).toHaveLength(gateway.quick.triesMax);
  });

  it('does not ask again what was refused', async () => {
    const asked = gateway.answerGrabs({ error: { code: 'not_found', message: 'No such packet.' } });
    const client = await gateway.connect();
    await expect(client.grab(PACKET)).rejects.toMatchObject({ name: 'RefusalError', code: 'not_found' });
    expect(asked).toHaveLength(1);
  });

  it('sends a packet again under the same key', async () => {
    const keys: string[] = [];
    gateway.server.on('connection', (socket) => {
      socket.on('packet:send', ({ idempotencyKey }, ack) => {
        keys.push(idempotencyKey);
        if (keys.length > 1) ack({ packet: { packetId: PACKET } as never });
      });
    });
    const client = await gateway.connect();
    const packet = { roomId: PACKET, kind: 'lucky', amount: 100, count: 2, currency: 'CNY' } as const;
    expect((await client.sendPacket(packet)).packet.packetId).toBe(PACKET);
    expect(keys[1]).toBe(keys[0]);
  });

  it('gives the answers to the gates with every try of a grab', async () => {
    const given: unknown[] = [];
    gateway.server.on('connection', (socket) => {
      socket.on('packet:grab', ({ answers }, ack) => {
        given.push(answers);
        if (given.length > 1) ack({ outcome: 'not_eligible', reason: 'quiz', message: 'Not right.' });
      });
    });
    const client = await gateway.connect();
    const answers = { password: 'spring', quiz: [{ question: 'q1', option: 'b' }] };
    expect(await client.grab(PACKET, answers)).toEqual({
      ...{ outcome: 'not_eligible', reason: 'quiz', message: 'Not right.' },
    });
    expect(given).toEqual([answers, answers]);
  });

  it('hears of campaign packets before they open, and lists them', async () => {
    const packet = { packetId: PACKET, roomId: null, opensAt: 1_800_000_000_000 } as never;
    gateway.server.on('connection', (socket) => {
      socket.on('packets:list', (_request, ack) => ack({ packets: [packet] }));
    });
    const client = await gateway.connect();
    const announced = new Promise<unknown>((resolve) => {
      client.on('packet:announced', resolve);
    });
    gateway.server.emit('packet:announced', packet);
    expect(await announced).toEqual(packet);
    expect(await client.packetsList()).toEqual({ packets: [packet] });
  });

  it('rejects with the code of a refused handshake', async () => {
    const refused = gateway.connect({ token: 'bad' });
    await expect(refused).rejects.toBeInstanceOf(RefusalError);
    await expect(refused).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('rejects when nobody answers the connection in time', async () => {
    await expect(gateway.connect({ url: 'http://127.0.0.1:1', connectMsMax: 100 })).rejects.toBeInstanceOf(
      UnansweredError,
    );
  });

  it('comes back after the server hung up, and says so', async () => {
    const client = await gateway.connect();
    const back = new Promise<void>((resolve) => {
      client.onConnected(() => resolve());
    });
    gateway.server.disconnectSockets(true);
    await back;
    expect(client.connected).toBe(true);
  });

  it('opens a packet at an instant of its person’s own where openings are staggered', async () => {
    const token = `x.${Buffer.from('{"sub":"mei"}').toString('base64url')}.x`;
    gateway.tokens.add(token);
    const client = await gateway.connect({ token });
    const packet = { packetId: PACKET, opensAt: 5_000, staggerMs: 1_000 };
    expect(client.opensAt(packet)).toBe(opensAtFor(packet, 'mei'));
    expect(client.opensAt(packet)).toBeGreaterThan(5_000);
  });

  it('comes back after a handshake that was refused for a moment', async () => {
    let refusals = 0;
    gateway.server.use((_socket, next) => {
      refusals += 1;
      next(
        refusals > 1
          ? undefined
          : Object.assign(new Error('busy'), { data: { code: 'busy', retryAfterMs: 50 } }),
      );
    });
    const client = await gateway.connect();
    expect([client.connected, refusals]).toEqual([true, 2]);
  });

  it('connects at once when asked to', async () => {
    let isAway = true;
    gateway.server.use((_socket, next) => {
      next(
        isAway
          ? Object.assign(new Error('busy'), { data: { code: 'busy', retryAfterMs: 600_000 } })
          : undefined,
      );
    });
    const client = gateway.keep(new HongbaoClient({ url: gateway.url, token: 'good' }));
    await new Promise<void>((resolve) => {
      client.onDown(resolve);
    });
    const up = new Promise<boolean>((resolve) => {
      client.onConnected(resolve);
    });
    isAway = false;
    client.connectNow();
    expect(await up).toBe(false);
  });

  it('ends when the server no longer takes its token', async () => {
    const client = await gateway.connect();
    const ended = new Promise<Error>((resolve) => {
      client.onEnded(resolve);
    });
    gateway.server.use((_socket, next) => next(new Error('unauthorized')));
    gateway.server.disconnectSockets();
    expect(await ended).toMatchObject({ code: 'unauthorized' });
    await expect(client.grab(PACKET)).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
