import { describe, expect, it, vi } from 'vitest';
import { PACKET, TestGateway, WON } from './test-gateway.js';

const gateway = new TestGateway();

describe('a grab', () => {
  it('goes on with a grab over a lost connection for as long as it is told to, and says why it waits', async () => {
    const asked = gateway.answerGrabs(undefined, { outcome: 'busy', retryAfterMs: 20 }, WON);
    // Long: only the lost connection is to leave it unanswered.
    const client = await gateway.connect({ answerMsMax: 60_000 });
    const why: string[] = [];
    const told = client.grab(PACKET, undefined, { giveUpMs: 60_000, onWait: (reason) => why.push(reason) });
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    gateway.server.disconnectSockets(true);
    expect(await told).toEqual(WON);
    expect([why.at(0), why.at(-1)]).toEqual(['unknown', 'busy']);
  });

  it('gives up a grab when its time is over', async () => {
    const asked = gateway.answerGrabs({ outcome: 'busy', retryAfterMs: 10 });
    const client = await gateway.connect();
    expect((await client.grab(PACKET, undefined, { giveUpMs: 0 })).outcome).toBe('busy');
    expect(asked).toHaveLength(1);
  });

  it('waits for the opening by the server’s clock when it is asked to, and takes it for an answer otherwise', async () => {
    const aheadMs = 3_600_000;
    const opensAt = Date.now() + aheadMs + 60_000;
    gateway.server.on('connection', (socket) => {
      socket.on('clock:sync', (_request, ack) => ack({ serverTimeMs: Date.now() + aheadMs }));
    });
    gateway.answerGrabs({ outcome: 'not_open', opensAt }, { outcome: 'not_open', opensAt }, WON);
    const client = await gateway.connect();
    await client.clock.sync();
    expect(await client.grab(PACKET)).toEqual({ outcome: 'not_open', opensAt });
    expect(await client.grab(PACKET, undefined, { waitsForOpening: true })).toEqual(WON);
    expect(Math.abs(gateway.waits[0]! - 60_000)).toBeLessThan(1_000);
  });
});
