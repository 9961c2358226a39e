import { randomUUID } from 'node:crypto';
import { HttpClient } from '@app/client';
import { fundedRoom, signIn, signInMany, type TestPerson } from '@app/testing';
import type { CreateCampaign, PacketView, SendPacket } from '@app/contracts';
import { SHARES_PER_PARTITION_MAX } from '@app/domain';
import type { Chance } from '../lib/chance.ts';
import type { ClientsRecord, Sent } from './record.js';

export interface SceneSize {
  people: number;
  /** Sent before anything breaks. */
  packets: number;
  /** With one more that expires, which takes 10 s. */
  expires: boolean;
  /** And a drop of over 100,000 shares. */
  large: boolean;
}

const WALLET = 10_000_000;
const BRAND_AMOUNT = 10_000_000;
/** One more than a packet that is whole may have. */
const LARGE_COUNT = SHARES_PER_PARTITION_MAX + 1;
const DROP_SHARE_MEAN = 20;
const DROP_IN_MS = 2_500;
const SEND_AGAIN_MS = 400;
/** The least there is: it ends while something is broken, or soon after. */
const SHORT_EXPIRY_SECONDS = 10;

/** Who takes part in a run, and what they can grab. `packets` grows while it lasts. */
export class Scene {
  readonly packets: string[] = [];
  private readonly sending = new Set<Promise<unknown>>();
  private isOver = false;

  private constructor(
    readonly people: readonly TestPerson[],
    readonly roomId: string,
    private readonly sender: TestPerson,
    private readonly record: ClientsRecord,
    private readonly chance: Chance,
  ) {}

  static async set(url: string, size: SceneSize, record: ClientsRecord, chance: Chance): Promise<Scene> {
    const sender = await signIn(url, 'sender');
    const people = await signInMany(url, size.people, 'p');
    const roomId = await fundedRoom(sender, people, WALLET);
    const scene = new Scene(people, roomId, sender, record, chance);
    for (let k = 0; k < size.packets; k += 1) await scene.send(() => false);
    // More shares than people: it expires, and gives back what is left.
    if (size.expires)
      await scene.send(() => false, { expiresInSeconds: SHORT_EXPIRY_SECONDS, count: size.people + 5 });
    await scene.planDrops(url, size.large);
    return scene;
  }

  /** Sends a packet under one key until it is known to be sent, or `giveUp` says so. */
  async send(giveUp: () => boolean, fields: Partial<SendPacket> = {}): Promise<void> {
    const few = Math.ceil(this.people.length * 0.4);
    const count = few + this.chance.below(this.people.length - few);
    const kind = this.chance.next() < 0.8 ? ('lucky' as const) : ('fixed' as const);
    const packet = {
      ...{ roomId: this.roomId, kind, count, currency: 'CNY' as const },
      ...fields,
    };
    const amount = packet.count * (2 + this.chance.below(39));
    const sent: Sent = { key: randomUUID(), amount };
    this.record.sent.push(sent);
    for (;;) {
      const made = await this.sender.http.sendPacket({ ...packet, amount }, sent.key).catch(() => undefined);
      if (made) {
        sent.packetId = made.packetId;
        this.packets.push(made.packetId);
        return;
      }
      if (giveUp()) return;
      await new Promise((resolve) => setTimeout(resolve, SEND_AGAIN_MS));
    }
  }

  /** A packet of which the crowd does not know, or undefined when it could not be sent at once. */
  async sendQuietly(fields: { expiresInSeconds: number; count: number }): Promise<PacketView | undefined> {
    const sent: Sent = { key: randomUUID(), amount: fields.count * 10 };
    this.record.sent.push(sent);
    const packet = {
      ...{ roomId: this.roomId, kind: 'lucky' as const, currency: 'CNY', amount: sent.amount },
      ...fields,
    };
    const made = await this.sender.http.sendPacket(packet, sent.key).catch(() => undefined);
    if (made) sent.packetId = made.packetId;
    return made;
  }

  /** New packets keep coming while something is broken, and until it was healed. */
  keepSending(everyMs: number, isOver: () => boolean): void {
    const again = async () => {
      while (!isOver()) {
        await new Promise((resolve) => setTimeout(resolve, everyMs));
        if (!isOver()) await this.send(isOver);
      }
    };
    this.sending.add(again());
  }

  async doneSending(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.sending);
  }

  /** Drops of campaigns for everyone: one with a budget and every kind of cap, and a large one, spread over two partitions. */
  private async planDrops(url: string, isLargeToo: boolean): Promise<void> {
    const marketer = await signIn(url, 'marketer');
    const http = new HttpClient({ url, token: marketer.token });
    const { tenantId } = await http.createTenant('五芳斋');
    await http.topUpTenant(tenantId, { amount: BRAND_AMOUNT, currency: 'CNY', provider: 'sandbox' });
    const count = Math.ceil(this.people.length * 0.6);
    await this.planDrop(http, tenantId, count, {
      ...{ claimsPerPerson: 1, claimsPerPersonPerDay: 1, claims: count, claimsPerDay: count },
      amountPerDay: DROP_SHARE_MEAN * count,
    });
    if (isLargeToo) await this.planDrop(http, tenantId, LARGE_COUNT);
  }

  private async planDrop(
    http: HttpClient,
    tenantId: string,
    count: number,
    caps?: CreateCampaign['caps'],
  ): Promise<void> {
    const amount = DROP_SHARE_MEAN * count;
    const { campaignId } = await http.createCampaign({
      ...{ tenantId, name: 'faults', currency: 'CNY', budget: amount, ...(caps ? { caps } : {}) },
      ...{ startsAt: iso(-1_000), endsAt: iso(3_600_000) },
    });
    await http.createDrop(campaignId, {
      ...{ opensAt: iso(DROP_IN_MS), announceSeconds: 1, audience: { kind: 'everyone' } },
      packet: { kind: 'lucky', amount, count },
    });
    await http.steerCampaign(campaignId, 'schedule');
    const look = async () => {
      while (!this.isOver) {
        const drops = await http.drops(campaignId).catch(() => []);
        const packetId = drops[0]?.packetId;
        if (packetId) return void this.packets.push(packetId);
        await new Promise((resolve) => setTimeout(resolve, SEND_AGAIN_MS));
      }
    };
    this.sending.add(look());
  }
}

const iso = (inMs: number) => new Date(Date.now() + inMs).toISOString();
