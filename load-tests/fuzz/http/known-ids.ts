import { randomUUID } from 'node:crypto';
import { PLACE } from './values.js';

const KEPT_OF_EACH_MAX = 60;

/** Ids of what the service has made, by the name of the field that told them: what a request names mostly exists. */
export class KnownIds {
  private readonly byName = new Map<string, string[]>();

  learn(name: string, id: string): void {
    const ids = this.byName.get(name) ?? [];
    if (ids.length < KEPT_OF_EACH_MAX && !ids.includes(id)) this.byName.set(name, [...ids, id]);
  }

  /** Every field of an answer whose name ends in `Id`. */
  learnFrom(answer: unknown): void {
    if (typeof answer !== 'object' || answer === null) return;
    for (const [name, value] of Object.entries(answer)) {
      if (typeof value === 'string' && name.endsWith('Id')) this.learn(name, value);
      else this.learnFrom(value);
    }
  }

  /** With an id in each place for one. */
  fill(text: string): string {
    return text.replaceAll(PLACE, (_all, name: string, n: string) => {
      const ids = this.byName.get(name) ?? [];
      return ids.length > 0 ? ids[Number(n) % ids.length]! : randomUUID();
    });
  }
}
