import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { RefusalError } from '@app/contracts';
import type { Person } from '../sockets/person.js';
import { ApiClient } from '../http/api-client.js';

const MEMBERSHIPS_KEPT_MAX = 200_000;

/** Who was found to belong to which room. Nobody is taken out of a room, so a yes stays true; a no is asked again. */
@Injectable()
export class Memberships {
  private readonly members = new LRUCache<string, true>({ max: MEMBERSHIPS_KEPT_MAX });

  constructor(private readonly api: ApiClient) {}

  known(roomId: string, userId: string): boolean {
    return this.members.has(`${roomId} ${userId}`);
  }

  add(roomId: string, userId: string): void {
    this.members.set(`${roomId} ${userId}`, true);
  }

  async ask(roomId: string, person: Person): Promise<boolean> {
    try {
      await this.api.get(person, `/rooms/${roomId}`);
    } catch (error) {
      if (error instanceof RefusalError && error.code === 'not_found') return false;
      throw error;
    }
    this.add(roomId, person.userId);
    return true;
  }
}
