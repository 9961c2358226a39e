import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ApiParts } from '../parts.js';

const NAMES_KEPT_MAX = 50_000;

/** Remembers the name that a token gives, so that lists can show it. Writes only when it is new or has changed. */
@Injectable()
export class UserNames {
  private readonly seen = new LRUCache<string, string>({ max: NAMES_KEPT_MAX });

  constructor(private readonly parts: ApiParts) {}

  async saw({ userId, name }: { userId: string; name: string }): Promise<void> {
    if (this.seen.get(userId) === name) return;
    await this.parts.dataSource.query(
      `INSERT INTO users (user_id, name) VALUES ($1, $2)
       ON CONFLICT (user_id) DO UPDATE SET name = EXCLUDED.name WHERE users.name <> EXCLUDED.name`,
      [userId, name],
    );
    this.seen.set(userId, name);
  }
}
