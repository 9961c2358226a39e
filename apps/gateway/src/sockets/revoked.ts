import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RefusalError, toSocketError, type RevocationView } from '@app/contracts';
import { RevocationWatch } from '@app/identity';
import { quietly } from '@app/observability';
import { socketRooms } from '@app/push';
import { ApiClient } from '../http/api-client.js';
import { GatewayParts } from '../parts.js';
import type { HongbaoServer, HongbaoSocket } from './person.js';

/** Tells whoever is here by a token that no longer counts, and closes. Whoever comes by it later is refused at the door. */
@Injectable()
export class Revoked implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly watch: RevocationWatch;
  private server: HongbaoServer | undefined;

  constructor(
    private readonly parts: GatewayParts,
    api: ApiClient,
  ) {
    const unread = quietly((_key, error) =>
      parts.logger.warn({ err: error }, 'revocations could not be read'),
    );
    this.watch = new RevocationWatch(parts.revocations, {
      read: (since) => api.revocations(since),
      onNews: (news) => this.endThose(news),
      onError: (error) => unread('revocations', error),
    });
  }

  listen(server: HongbaoServer): void {
    this.server = server;
  }

  /** Before the first can come in, where the api answers; where it does not, they get `busy` until it has. */
  async onApplicationBootstrap(): Promise<void> {
    await Promise.all([this.watch.start(), this.parts.tokens.fetchKeys()]);
  }

  onApplicationShutdown(): void {
    this.watch.stop();
  }

  private endThose(news: readonly RevocationView[]): void {
    if (!this.server) return;
    const { sockets, adapter } = this.server.sockets;
    for (const one of news) {
      if ('tokenId' in one) continue;
      for (const id of adapter.rooms.get(socketRooms.user(one.userId)) ?? []) {
        const socket = sockets.get(id);
        if (socket && this.parts.revocations.cover(socket.data.person)) end(socket);
      }
    }
    // Sockets can't be found by their token, so all are looked at: once, for all that came together.
    const tokenIds = new Set(news.flatMap((one) => ('tokenId' in one ? [one.tokenId] : [])));
    if (tokenIds.size === 0) return;
    for (const socket of sockets.values()) {
      const { tokenId } = socket.data.person;
      if (tokenId !== undefined && tokenIds.has(tokenId)) end(socket);
    }
  }
}

/** Of a token that ran out or was revoked. A grab that comes meanwhile meets a person whose time is over. */
export function end(socket: HongbaoSocket): void {
  socket.data.person.expiresAtMs = 0;
  const told = socket as { emit(name: string, payload: unknown): void };
  told.emit('request:refused', toSocketError(new RefusalError('unauthorized')));
  socket.disconnect(true);
}
