import { hash, randomBytes } from 'node:crypto';

const WORDS = 3;
const SLOTS_MIN = 4_096;
const SALT_BYTES = 16;

/**
 * Which ids were there before, by 96 bits of their SHA-256: 24 MB for a million, where a Set of them took 96 MB. That two
 * of a million share their bits happens once in 10^17 lists; the salt keeps anyone from looking for such two.
 */
export class SeenIds {
  private readonly salt = randomBytes(SALT_BYTES).toString('hex');
  private readonly prints = new Int32Array(WORDS);
  /** Open addressing: WORDS for a slot, free while they are all 0. */
  private slots = new Int32Array(SLOTS_MIN * WORDS);
  private mask = SLOTS_MIN - 1;
  private count = 0;

  has(id: string): boolean {
    this.print(id);
    return !this.isFree(this.slotOf(this.slots, this.mask));
  }

  /** False: it was there. */
  add(id: string): boolean {
    this.print(id);
    const slot = this.slotOf(this.slots, this.mask);
    if (!this.isFree(slot)) return false;
    this.slots.set(this.prints, slot);
    this.count += 1;
    if (this.count * 2 > this.mask) this.grow();
    return true;
  }

  private print(id: string): void {
    const bytes = hash('sha256', this.salt + id, 'binary');
    for (let k = 0; k < WORDS; k += 1) {
      const at = k * 4;
      this.prints[k] =
        bytes.charCodeAt(at) |
        (bytes.charCodeAt(at + 1) << 8) |
        (bytes.charCodeAt(at + 2) << 16) |
        (bytes.charCodeAt(at + 3) << 24);
    }
    // All 0 means free.
    if (this.prints.every((word) => word === 0)) this.prints[0] = 1;
  }

  /** Where `prints` is in the table, or belongs. */
  private slotOf(slots: Int32Array, mask: number): number {
    for (let index = this.prints[0]! & mask; ; index = (index + 1) & mask) {
      const slot = index * WORDS;
      let same = true;
      let free = true;
      for (let k = 0; k < WORDS; k += 1) {
        if (slots[slot + k] !== this.prints[k]) same = false;
        if (slots[slot + k] !== 0) free = false;
      }
      if (same || free) return slot;
    }
  }

  private isFree(slot: number): boolean {
    return this.slots[slot] === 0 && this.slots[slot + 1] === 0 && this.slots[slot + 2] === 0;
  }

  private grow(): void {
    const mask = this.mask * 2 + 1;
    const slots = new Int32Array((mask + 1) * WORDS);
    for (let slot = 0; slot < this.slots.length; slot += WORDS) {
      if (this.isFree(slot)) continue;
      this.prints.set(this.slots.subarray(slot, slot + WORDS));
      slots.set(this.prints, this.slotOf(slots, mask));
    }
    this.slots = slots;
    this.mask = mask;
  }
}
