import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { RefusalError } from '@app/contracts';
import type { Person } from '../sockets/person.js';
import { ApiClient } from '../http/api-client.js';

const MEMBERSHIPS_KEPT_MAX = 200_000;
/** Some 40 KB of ids. */
const MEMBERS_PER_QUESTION = 1_000;

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

  /** Who of many belongs to the room: one question for all who are not known to. */
  async filter(roomId: string, userIds: readonly string[]): Promise<Set<string>> {
    const unknown = [...new Set(userIds)].filter((userId) => !this.known(roomId, userId));
    for (let from = 0; from < unknown.length; from += MEMBERS_PER_QUESTION) {
      const some = unknown.slice(from, from + MEMBERS_PER_QUESTION);
      for (const userId of await this.api.membersAmong(roomId, some)) this.add(roomId, userId);
    }
    return new Set(userIds.filter((userId) => this.known(roomId, userId)));
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
