import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { coverUrl, RefusalError, type PacketView } from '@app/contracts';
import { gateViews, needsOwnView } from '@app/eligibility';
import { quietly } from '@app/observability';
import { audienceRoomOf } from '@app/push';
import { Memberships } from '../grabs/memberships.js';
import { PacketDirectory, type ListedPacket } from '../grabs/packet-directory.js';
import { GatewayParts } from '../parts.js';
import type { HongbaoServer, HongbaoSocket } from '../sockets/person.js';
import { chooseTiers, type LivePacket } from './audience.js';
import { LiveDrops } from './live-drops.js';
import { writeFramesDirectly } from './direct-frames.js';

const BUSY_RETRY_MS = 1_000;
/** Sockets looked at before others get their turn. */
const SOCKETS_AT_ONCE = 500;
const TOLD_KEPT_MAX = 10_000;

type DropEvent = 'packet:announced' | 'packet:dropped';

/** Brings packets to those of their audience who are connected here, each to each as they are to see them. */
@Injectable()
export class Drops {
  private readonly report;
  /** A worker that dies between telling and noting that it told leaves another one to tell again. */
  private readonly told = new LRUCache<string, true>({ max: TOLD_KEPT_MAX });

  constructor(
    private readonly parts: GatewayParts,
    private readonly directory: PacketDirectory,
    private readonly live: LiveDrops,
    private readonly memberships: Memberships,
  ) {
    this.report = quietly((what, error) => parts.logger.warn({ what, err: error }, 'drops'));
  }

  listen(server: HongbaoServer): void {
    writeFramesDirectly(server);
    const tell = (event: DropEvent) => (views: PacketView<number>[]) => {
      void this.tell(server, event, views).catch((error: Error) => this.report(event, error));
    };
    server.on('packets:announced', tell('packet:announced'));
    server.on('packets:dropped', tell('packet:dropped'));
    server.on('connection', (socket) => {
      // Who comes late hears of what happens from here on; what there is already, `packets:list` says.
      void this.listFor(socket).catch((error: Error) => this.report('late', error));
    });
  }

  /** What is announced or open for this person, by its opening. The socket hears of it from now on. */
  async listFor(socket: HongbaoSocket): Promise<PacketView<number>[]> {
    const views = await this.live.list().catch(() => {
      throw new RefusalError('busy', { retryAfterMs: BUSY_RETRY_MS });
    });
    const packets = await this.known(views);
    const mine = await this.forSockets([socket], packets);
    const own = mine.get(socket.id) ?? [];
    for (const { listed } of own) {
      await this.enter(socket, listed);
      this.noteReached(listed, [socket]);
    }
    return own
      .map(({ view, listed }) => viewFor(view, listed, socket))
      .sort((a, b) => a.opensAt - b.opensAt || (a.packetId < b.packetId ? -1 : 1));
  }

  private async tell(server: HongbaoServer, event: DropEvent, views: PacketView<number>[]): Promise<void> {
    const fresh = views.filter(({ packetId }) => !this.told.has(`${event} ${packetId}`));
    for (const { packetId } of fresh) this.told.set(`${event} ${packetId}`, true);
    this.live.add(fresh.filter((view) => view.campaignId));
    const packets = await this.known(fresh);
    // Who hears of these needs no looking into: it would cost 5,000 sockets a fifth of the time until the last of them hears.
    for (const packet of packets) if (isForAll(packet)) server.local.emit(event, packet.view);
    const audiences = new Map<LivePacket, HongbaoSocket[]>(packets.map((packet) => [packet, []]));
    const sockets = [...server.sockets.sockets.values()];
    for (let from = 0; from < sockets.length; from += SOCKETS_AT_ONCE) {
      const some = sockets.slice(from, from + SOCKETS_AT_ONCE);
      const chosen = await this.forSockets(some, packets);
      for (const socket of some) {
        for (const packet of chosen.get(socket.id) ?? []) audiences.get(packet)!.push(socket);
      }
    }
    for (const [packet, audience] of audiences) this.tellAudience(server, event, packet, audience);
  }

  /** One encoding for all, but where each is to see it their own way. Who is told of what is for all was told already. */
  private tellAudience(
    server: HongbaoServer,
    event: DropEvent,
    { listed, view }: LivePacket,
    audience: HongbaoSocket[],
  ): void {
    if (audience.length === 0) return;
    for (const socket of audience) void this.enter(socket, listed);
    this.noteReached(listed, audience);
    if (listed.rules && needsOwnView(listed.rules)) {
      for (const socket of audience) socket.emit(event, viewFor(view, listed, socket));
      return;
    }
    const room = audienceRoomOf(listed);
    if (room !== undefined) server.local.to(room).emit(event, view);
  }

  /** Each socket's packets: of a drop with tiers one, of a round of rain all. */
  private forSockets(sockets: HongbaoSocket[], packets: LivePacket[]): Promise<Map<string, LivePacket[]>> {
    return chooseTiers({ store: this.parts.store, memberships: this.memberships }, sockets, packets);
  }

  private async known(views: readonly PacketView<number>[]): Promise<LivePacket[]> {
    const found = await Promise.all(
      views.map(async (view) => ({ view, listed: await this.directory.find(view.packetId) })),
    );
    return found.filter((packet): packet is LivePacket => packet.listed !== undefined);
  }

  private enter(socket: HongbaoSocket, listed: ListedPacket): Promise<void> | void {
    const room = audienceRoomOf(listed);
    if (room !== undefined && !socket.rooms.has(room)) return socket.join(room);
  }

  private noteReached({ rules }: ListedPacket, sockets: HongbaoSocket[]): void {
    const dropId = rules?.campaign?.dropId;
    if (dropId)
      this.parts.funnel.reached(
        dropId,
        sockets.map((socket) => socket.data.person.userId),
      );
  }
}

/** For everyone who is signed in, and the same for each. */
function isForAll({ listed }: LivePacket): boolean {
  return audienceRoomOf(listed) === undefined && !(listed.rules && needsOwnView(listed.rules));
}

/** With the person's own order of options, where there is a quiz. */
export function viewFor(
  view: PacketView<number>,
  { packetId, rules }: ListedPacket,
  socket: HongbaoSocket,
): PacketView<number> {
  if (!rules || !needsOwnView(rules)) return view;
  return { ...view, gates: gateViews(rules, { packetId, userId: socket.data.person.userId }, coverUrl) };
}
