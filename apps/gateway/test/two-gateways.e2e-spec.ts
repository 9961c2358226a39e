import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HongbaoClient } from '@app/client';
import type { JoinAck } from '@app/contracts';
import { checkoutRoot, freePort, throwawayFolder } from '@app/local-stack';
import { fundedRoom, signIn, signInMany, until, type TestPerson } from '@app/testing';
import { startApp } from '../../launcher/src/app-process.js';
import type { Running } from '../../launcher/src/supervised.js';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const PEOPLE = 24;
const SHARES = 18;
/** The client's own wait before it comes back is at most 5 s, half as much again by jitter. */
const BACK_MS_MAX = 15_000;
/** A killed gateway is forgotten after 6 s, which is noticed within 2 s, and told within 1 s. */
const FORGOTTEN_MS_MAX = 12_000;

const { url, env } = serviceUnderTest();
let folder: string;
let gateways: { port: number; running: Running }[];
let balancer: Server;
let balancerUrl: string;

/** One connection here, one there; past a gateway that is gone. */
function balance(ports: number[]): Server {
  let next = 0;
  const pass = (client: Socket, tries: number) => {
    const upstream = connect(ports[(next += 1) % ports.length]!, '127.0.0.1');
    upstream.once('connect', () => client.pipe(upstream).pipe(client));
    upstream.once('error', () => (tries > 1 ? pass(client, tries - 1) : client.destroy()));
    upstream.once('close', () => upstream.bytesRead > 0 && client.destroy());
    client.once('close', () => upstream.destroy());
  };
  return createServer((client) => {
    client.on('error', () => client.destroy());
    pass(client, ports.length);
  });
}

beforeAll(async () => {
  folder = throwawayFolder('two-gateways');
  gateways = await Promise.all(
    ['a', 'b'].map(async (name) => {
      const port = await freePort();
      const options = {
        name: 'gateway',
        root: checkoutRoot,
        env: { ...process.env, ...env, PORT: String(port) },
        logFile: join(folder, `${name}.log`),
        readyUrl: `http://127.0.0.1:${port}/readyz`,
        onPid: () => undefined,
        note: () => undefined,
      };
      return { port, running: await startApp(options, new AbortController().signal) };
    }),
  );
  balancer = balance(gateways.map(({ port }) => port));
  await new Promise<void>((resolve) => balancer.listen(0, '127.0.0.1', resolve));
  balancerUrl = `http://127.0.0.1:${(balancer.address() as AddressInfo).port}`;
});
afterAll(async () => {
  balancer.close();
  await Promise.all(gateways.map(({ running }) => running.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const clients: HongbaoClient[] = [];
// Also of a test that failed: they would come back into the next one's gateways.
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** What one person's page knows, all of it from events and from what it asks when it is back. */
class Page {
  readonly dropped = new Set<string>();
  online = 0;
  timesBack = 0;
  /** Why it was not let in again. */
  readonly refused: Error[] = [];

  private constructor(
    readonly person: TestPerson,
    readonly client: HongbaoClient,
  ) {
    client.on('packet:dropped', ({ packetId }) => void this.dropped.add(packetId));
    client.on('presence:changed', ({ online }) => void (this.online = online));
    client.onRejoined((answer) => this.take(answer));
    client.onResumed(({ rooms, refused }) => {
      this.timesBack += rooms.length;
      this.refused.push(...refused.map(({ reason }) => reason));
    });
  }

  static async open(person: TestPerson, roomId: string, gatewayUrl = balancerUrl): Promise<Page> {
    const client = await HongbaoClient.connect({ url: gatewayUrl, token: person.token });
    clients.push(client);
    const page = new Page(person, client);
    page.take(await client.joinRoom(roomId));
    return page;
  }

  private take({ room, packets }: JoinAck): void {
    this.online = room.online;
    for (const { packetId } of packets) this.dropped.add(packetId);
  }
}

describe('people on two gateways, of which one is killed', () => {
  it('all hear of a drop; who lost their gateway comes back by the other, and knows what it missed and what it won', async () => {
    const sender = await signIn(url, 'sender');
    const people = await signInMany(url, PEOPLE, 'person');
    const roomId = await fundedRoom(sender, people, 20_000);
    const send = () =>
      sender.http.sendPacket({ roomId, kind: 'lucky', amount: 1_800, count: SHARES, currency: 'CNY' });
    const pages: Page[] = [];
    for (const person of people) pages.push(await Page.open(person, roomId));
    await until('all are counted, over both', () => pages.every(({ online }) => online === PEOPLE));

    const first = await send();
    await until('all heard', () => pages.every(({ dropped }) => dropped.has(first.packetId)));
    const before = await Promise.all(pages.map(({ client }) => client.grab(first.packetId)));
    expect(before.filter(({ outcome }) => outcome === 'won')).toHaveLength(SHARES);

    const open = await send();
    await until('all heard', () => pages.every(({ dropped }) => dropped.has(open.packetId)));
    const some = pages.slice(0, 8);
    const won = await Promise.all(some.map(({ client }) => client.grab(open.packetId)));
    await gateways[0]!.running.kill();
    // Some may be back before others have noticed.
    const losers = new Set<Page>();
    await until('half of them lost it', () => {
      for (const page of pages) if (!page.client.connected || page.timesBack > 0) losers.add(page);
      return losers.size === PEOPLE / 2;
    });
    const lost = [...losers];
    const missed = await send();

    await until(
      'all know of it',
      () => pages.every(({ dropped }) => dropped.has(missed.packetId)),
      BACK_MS_MAX,
    );
    await until('all of them know all they missed', () => lost.every(({ timesBack }) => timesBack > 0));
    expect(lost.map(({ timesBack }) => timesBack)).toEqual(lost.map(() => 1));
    expect(lost.flatMap(({ refused }) => refused)).toEqual([]);
    const again = await Promise.all(some.map(({ client }) => client.grab(open.packetId)));
    expect(again).toEqual(won.map((result) => ({ ...result, outcome: 'already' })));
    await until('nobody is counted twice', () => pages.every(({ online }) => online === PEOPLE));
  });

  it('are no longer counted soon after it, when they do not come back, and those who stay are told', async () => {
    const [stays, goes] = await signInMany(url, 2, 'person');
    const roomId = await fundedRoom(await signIn(url, 'owner'), [stays!, goes!], 0);
    const page = await Page.open(stays!, roomId, url);
    const gone = await Page.open(goes!, roomId, `http://127.0.0.1:${gateways[1]!.port}`);
    await until('two are there', () => page.online === 2);
    await gateways[1]!.running.kill();
    await until('one is there', () => page.online === 1, FORGOTTEN_MS_MAX);
    expect(gone.client.connected).toBe(false);
  });
});
