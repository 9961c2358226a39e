import { describe, expect, it, vi } from 'vitest';
import { UnansweredError } from './ask-again.js';
import type { Resumed } from './resuming.js';
import { PACKET, TestGateway, WON } from './test-gateway.js';

const gateway = new TestGateway();

describe('a client that lost its connection', () => {
  it('joins its rooms again after a lost connection, the last one first, and asks for what it missed', async () => {
    const joined: string[] = [];
    const [here, there, gone] = ['here', 'there', 'gone'];
    let isBack = false;
    gateway.server.on('connection', (socket) => {
      socket.on('room:join', ({ roomId }, ack) => {
        joined.push(roomId);
        if (isBack && roomId === gone) ack({ error: { code: 'not_found', message: 'No such room.' } });
        else ack({ room: { roomId } } as never);
      });
      socket.on('room:leave', (_request, ack) => ack({}));
      socket.on('packets:list', (_request, ack) => ack({ packets: [{ packetId: PACKET } as never] }));
    });
    const client = await gateway.connect();
    for (const roomId of ['left', here, gone, there]) await client.joinRoom(roomId);
    await client.leaveRoom('left');
    const rejoined: string[] = [];
    client.onRejoined(({ room }) => rejoined.push(room.roomId));
    const resumed = new Promise<Resumed>((resolve) => {
      client.onResumed(resolve);
    });
    isBack = true;
    joined.length = 0;
    gateway.server.disconnectSockets(true);
    expect(await resumed).toMatchObject({
      rooms: [{ room: { roomId: there } }, { room: { roomId: here } }],
      refused: [{ roomId: gone, reason: { code: 'not_found' } }],
      packets: [{ packetId: PACKET }],
      grabs: [],
    });
    expect([joined, rejoined]).toEqual([
      [there, gone, here],
      [there, here],
    ]);
  });

  it('asks again, once it is back, of a grab that was left unknown', async () => {
    const asked = gateway.answerGrabs(undefined, undefined, undefined, WON);
    const client = await gateway.connect({ answerMsMax: 50 });
    const resumed = new Promise<Resumed>((resolve) => {
      client.onResumed(resolve);
    });
    await expect(client.grab(PACKET)).rejects.toBeInstanceOf(UnansweredError);
    gateway.server.disconnectSockets(true);
    expect((await resumed).grabs).toEqual([{ packetId: PACKET, result: WON }]);
    expect(asked).toHaveLength(4);
  });

  it('takes no answer of the connection before for one of its own', async () => {
    const late: (() => void)[] = [];
    const refusal = { error: { code: 'invalid_request', message: 'packetId: expected string' } } as const;
    let connections = 0;
    gateway.server.on('connection', (socket) => {
      connections += 1;
      const isFirst = connections === 1;
      socket.on('packet:grab', (_request, ack) => {
        if (isFirst) late.push(() => ack(refusal));
        else ack(WON);
      });
      socket.on('room:join', ({ roomId }, ack) => {
        for (const answer of late.splice(0)) answer();
        ack({ room: { roomId } } as never);
      });
      socket.on('packets:list', (_request, ack) => ack({ packets: [] }));
    });
    const client = await gateway.connect({ answerMsMax: 5_000 });
    await client.joinRoom('room');
    const resumed = new Promise<Resumed>((resolve) => {
      client.onResumed(resolve);
    });
    const grabs = [client.grab(PACKET), client.grab(PACKET)];
    await vi.waitFor(() => expect(late).toHaveLength(2));
    gateway.server.disconnectSockets(true);
    expect(await resumed).toMatchObject({ rooms: [{ room: { roomId: 'room' } }], refused: [] });
    expect(await Promise.all(grabs)).toEqual([WON, WON]);
  });

  it('joins once for all who ask at the same time, and asks no more for a room that refuses it', async () => {
    let joins = 0;
    gateway.server.on('connection', (socket) => {
      socket.on('room:join', ({ roomId }, ack) => {
        joins += 1;
        if (roomId === 'closed') ack({ error: { code: 'not_found', message: 'No such room.' } });
        else setTimeout(() => ack({ room: { roomId } } as never), 20);
      });
    });
    const client = await gateway.connect();
    const [one, other] = await Promise.all([client.joinRoom('a'), client.joinRoom('a')]);
    expect([one === other, joins]).toEqual([true, 1]);
    await client.joinRoom('a');
    expect(joins).toBe(2);
    await expect(client.joinRoom('closed')).rejects.toMatchObject({ code: 'not_found' });
    expect(joins).toBe(3);
  });
});
