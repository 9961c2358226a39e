import { Injectable } from '@nestjs/common';
import type { PacketProgressed, WalletChanged } from '@app/contracts';
import { audienceRoomOf, eachSettled, socketRooms, type SettledClaims } from '@app/push';
import { PacketDirectory } from '../grabs/packet-directory.js';
import { Shakes } from '../grabs/shakes.js';
import { writePackets } from './direct-text.js';
import type { HongbaoServer } from './person.js';

/** At most twice a second for a packet. */
const PROGRESS_INTERVAL_MS = 550;

/** Half a millisecond of writes, and again after this pause. */
const WINNERS_AT_ONCE = 50;
const WINNERS_PAUSE_MS = 5;
/** A twentieth of those who wait, where they are many: 10,000 are told within a third of a second. */
const PIECES_MAX = 20;

interface Progress {
  latest: PacketProgressed | undefined;
}

/** Passes on what api and worker tell every gateway, to the sockets that are here. */
@Injectable()
export class Pushes {
  private readonly progress = new Map<string, Progress>();
  /** What winners are to hear, by their sockets here. */
  private readonly toWinners = new Map<Set<string>, string[]>();
  private isTelling = false;

  constructor(
    private readonly directory: PacketDirectory,
    private readonly shakes: Shakes,
  ) {}

  listen(server: HongbaoServer): void {
    server.on('wallets:changed', (changes) => this.tellWallets(server, changes));
    server.on('claims:settled', (all) => this.tellWinners(server, all));
    server.on('packets:progressed', (all) => {
      for (const one of all) this.tellProgress(server, one);
    });
  }

  private tellWallets(server: HongbaoServer, changes: { userId: string; change: WalletChanged }[]): void {
    const here = server.sockets.adapter.rooms;
    for (const { userId, change } of changes) {
      const room = socketRooms.user(userId);
      if (here.has(room)) server.local.to(room).emit('wallet:changed', change);
    }
  }

  private tellWinners({ sockets }: HongbaoServer, all: readonly SettledClaims[]): void {
    const { rooms } = sockets.adapter;
    for (const settled of all) {
      const { packetId } = settled;
      const shake = this.directory.known(packetId)?.rules?.campaign?.shake;
      eachSettled(settled, (userId, change) => {
        if (shake) this.shakes.won(packetId, userId);
        const here = rooms.get(socketRooms.user(userId));
        if (!here) return;
        const packet = `2${JSON.stringify(['wallet:changed', change()])}`;
        const before = this.toWinners.get(here);
        if (before) before.push(packet);
        else this.toWinners.set(here, [packet]);
      });
    }
    if (this.isTelling || this.toWinners.size === 0) return;
    this.isTelling = true;
    setTimeout(() => this.tellSome(sockets.sockets), WINNERS_PAUSE_MS);
  }

  /**
   * A batch has hundreds of winners, each a write of 10 µs: between some of them the grabs that came in have their turn.
   * Whoever won again meanwhile hears of both in one write. They knew what they won from the answer to their grab.
   */
  private tellSome(sockets: HongbaoServer['sockets']['sockets']): void {
    let left = Math.max(WINNERS_AT_ONCE, Math.ceil(this.toWinners.size / PIECES_MAX));
    for (const [here, packets] of this.toWinners) {
      if (left === 0) break;
      left -= 1;
      this.toWinners.delete(here);
      for (const id of here) {
        const socket = sockets.get(id);
        if (socket) writePackets(socket, packets);
      }
    }
    this.isTelling = this.toWinners.size > 0;
    if (this.isTelling) setTimeout(() => this.tellSome(sockets), WINNERS_PAUSE_MS);
  }

  /** The first word goes out at once, then the latest every 550 ms while there is news. */
  private tellProgress(server: HongbaoServer, news: PacketProgressed): void {
    const running = this.progress.get(news.packetId);
    if (news.remaining.count === 0) {
      // `packet:closed` says so in a moment; progress must not come after it.
      if (running) running.latest = undefined;
      return;
    }
    if (running) {
      running.latest = news;
      return;
    }
    const progress: Progress = { latest: undefined };
    this.progress.set(news.packetId, progress);
    void this.emit(server, news);
    const timer = setInterval(() => {
      if (progress.latest) {
        void this.emit(server, progress.latest);
        progress.latest = undefined;
      } else {
        clearInterval(timer);
        this.progress.delete(news.packetId);
      }
    }, PROGRESS_INTERVAL_MS);
    timer.unref();
  }

  private async emit(server: HongbaoServer, news: PacketProgressed): Promise<void> {
    const packet = await this.directory.find(news.packetId).catch(() => undefined);
    if (!packet) return;
    const room = audienceRoomOf(packet);
    const audience = room === undefined ? server.local : server.local.to(room);
    audience.emit('packet:progressed', news);
  }
}
