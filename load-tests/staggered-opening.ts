/**
 * What STAGGER_OPENING_MS does to the peak at an opening, and to who wins (docs/decisions/0013): the same people and drops with
 * and without it, every client tapping the very moment its button opens.
 * `npx tsx load-tests/staggered-opening.ts [--people 400] [--staggerMs 1000] [--waitingMax 50]`.
 */
import { parseArgs } from 'node:util';
import { HongbaoClient, HttpClient } from '@app/client';
import type { PacketView } from '@app/contracts';
import { startOwnService } from './bench/own-service.ts';

const CURRENCY = 'CNY';
const OPENS_IN_MS = 14_000;
const APART_MS = 4_000;
const ANNOUNCE_SECONDS = 3;
/** The first has a share for everyone, the others for one in ten. */
const DROPS = 5;
const SCARCE = 10;
const OPENING_AT_ONCE = 50;
const BIN_MS = 100;

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '400' },
    staggerMs: { type: 'string', default: '1000' },
    waitingMax: { type: 'string', default: '50' },
  },
});
const people = Number(values.people);
const say = (line: string) => process.stdout.write(`${line}\n`);

interface Tap {
  packetId: string;
  opensAt: number;
  person: number;
  sentMs: number;
  tookMs: number;
  busy: number;
  won: boolean;
}

async function connectAll(url: string): Promise<HongbaoClient[]> {
  const http = new HttpClient({ url });
  const clients: HongbaoClient[] = [];
  for (let from = 0; from < people; from += OPENING_AT_ONCE) {
    const some = Array.from({ length: Math.min(OPENING_AT_ONCE, people - from) }, async (_, k) => {
      const { token } = await http.devToken({ userId: `person-${from + k}` });
      return HongbaoClient.connect({ url, token });
    });
    clients.push(...(await Promise.all(some)));
  }
  return clients;
}

/** When the first of them opens, by this machine's clock. */
async function planDrops(url: string): Promise<number> {
  const { token } = await new HttpClient({ url }).devToken({ userId: 'marketer', role: 'marketer' });
  const http = new HttpClient({ url, token });
  const { tenantId } = await http.createTenant('stagger');
  const budget = DROPS * people * 100;
  await http.topUpTenant(tenantId, { amount: budget, currency: CURRENCY, provider: 'sandbox' });
  const firstMs = Date.now() + OPENS_IN_MS;
  const at = (ms: number) => new Date(ms).toISOString();
  const { campaignId } = await http.createCampaign({
    ...{ tenantId, name: 'stagger', currency: CURRENCY, budget },
    ...{ startsAt: at(Date.now() - 1_000), endsAt: at(firstMs + 600_000) },
  });
  for (let k = 0; k < DROPS; k += 1) {
    const count = k === 0 ? people : people / SCARCE;
    await http.createDrop(campaignId, {
      ...{ opensAt: at(firstMs + k * APART_MS), announceSeconds: ANNOUNCE_SECONDS, expiresInSeconds: 60 },
      ...{ audience: { kind: 'everyone' }, packet: { kind: 'lucky', amount: count * 100, count } },
    });
  }
  await http.steerCampaign(campaignId, 'schedule');
  return firstMs;
}

/** Every client taps each packet once, at the instant of its own, and asks on while the gateway is busy. */
function tapAll(clients: readonly HongbaoClient[], taps: Tap[]): void {
  clients.forEach((client, person) => {
    const grab = async ({ packetId, opensAt }: PacketView<number>) => {
      const sentMs = Date.now() - opensAt;
      let busy = 0;
      const onWait = () => (busy += 1);
      const { outcome } = await client.grab(packetId, undefined, {
        giveUpMs: 30_000,
        waitsForOpening: true,
        onWait,
      });
      taps.push({
        packetId,
        opensAt,
        person,
        sentMs,
        busy,
        won: outcome === 'won',
        tookMs: Date.now() - opensAt - sentMs,
      });
    };
    client.on('packet:announced', (packet) => {
      client.clock.at(client.opensAt(packet), () => void grab(packet));
    });
  });
}

function grouped(taps: readonly Tap[], by: (tap: Tap) => number | string): Tap[][] {
  const groups = new Map<number | string, Tap[]>();
  for (const tap of taps) groups.set(by(tap), [...(groups.get(by(tap)) ?? []), tap]);
  return [...groups.values()];
}

const most = (values: readonly number[]) => values.reduce((max, value) => Math.max(max, value), 0);

function report(name: string, taps: readonly Tap[], staggerMs: number): void {
  const packets = grouped(taps, ({ packetId }) => packetId).sort((a, b) => a[0]!.opensAt - b[0]!.opensAt);
  const [plenty, ...scarce] = packets;
  const bins = (all: readonly Tap[]) => grouped(all, ({ sentMs }) => Math.floor(sentMs / BIN_MS));
  const peaks = packets.map((all) => most(bins(all).map((bin) => bin.length)));
  const took = taps.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  const at = (part: number) => took[Math.min(took.length - 1, Math.floor(took.length * part))]!;
  const busy = taps.reduce((sum, tap) => sum + tap.busy, 0);
  const won = (all: readonly Tap[]) => all.filter((tap) => tap.won);
  const winners = scarce.flatMap(won);
  const gone = scarce.map((all) => most(won(all).map(({ sentMs, tookMs }) => sentMs + tookMs)));
  say(`${name}: ${taps.length} taps on ${packets.length} packets`);
  say(`  most grabs in ${BIN_MS} ms, by packet: ${peaks.join(' ')}`);
  say(`  answered \`busy\` ${busy} times; outcome after p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  say(`  of the packet with a share for everyone, won: ${won(plenty!).length} of ${people}`);
  say(`  scarce packets gone after ${gone.join(' ')} ms`);
  say(`  their ${winners.length} shares went to ${new Set(winners.map(({ person }) => person)).size} people`);
  if (staggerMs === 0) return;
  const early = winners.filter(({ sentMs }) => sentMs < staggerMs / 4).length;
  say(`  of their winners, opened in the first quarter: ${Math.round((early / winners.length) * 100)} %`);
}

async function play(staggerMs: number, signal: AbortSignal): Promise<void> {
  const service = await startOwnService(
    { rounds: 1, scale: 1, signal, progress: (text) => say(`  ${text}`), note: say },
    { name: 'stagger', env: { STAGGER_OPENING_MS: String(staggerMs), GRABS_WAITING_MAX: values.waitingMax } },
  );
  try {
    const clients = await connectAll(service.url);
    const taps: Tap[] = [];
    tapAll(clients, taps);
    const lastMs = (await planDrops(service.url)) + DROPS * APART_MS + staggerMs;
    say(`  ${clients.length} clients wait for ${DROPS} drops`);
    while (taps.length < people * DROPS && Date.now() < lastMs + 30_000)
      await new Promise((resolve) => setTimeout(resolve, 100));
    report(staggerMs > 0 ? `over ${staggerMs} ms` : 'all at once', taps, staggerMs);
    for (const client of clients) client.close();
  } finally {
    await service.stop();
  }
}

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
await play(0, interrupted.signal);
await play(Number(values.staggerMs), interrupted.signal);
process.exit(0);
