import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { RefusalError } from '@app/contracts';
import { ApiClient } from '../http/api-client.js';

const MEMBERSHIPS_KEPT_MAX = 200_000;
/** Some 40 KB of ids. */
const MEMBERS_PER_QUESTION = 1_000;
const BUSY_RETRY_MS = 500;

/** Who was found to belong to which room. Nobody is taken out of a room, so a yes stays true; a no is asked again. */
@Injectable()
export class Memberships {
  private readonly members = new LRUCache<string, true>({ max: MEMBERSHIPS_KEPT_MAX });

  private readonly asking = new Map<string, { userIds: Set<string>; members: Promise<Set<string>> }>();

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

  /**
   * Whether somebody belongs to the room. One question for all who ask in the same moment: thousands tap at once who have
   * not joined it here. Throws RefusalError `busy` when it can't be known now.
   */
  async ask(roomId: string, userId: string): Promise<boolean> {
    let asking = this.asking.get(roomId);
    if (!asking) {
      const userIds = new Set<string>();
      const members = new Promise((resolve) => setImmediate(resolve)).then(() => {
        this.asking.delete(roomId);
        return this.filter(roomId, [...userIds]);
      });
      asking = { userIds, members };
      this.asking.set(roomId, asking);
    }
    asking.userIds.add(userId);
    const members = await asking.members.catch(() => {
      throw new RefusalError('busy', { retryAfterMs: BUSY_RETRY_MS });
    });
    return members.has(userId);
  }
}
