/** One person at one step in front of a drop. `reason` is empty but for `refused`. */
export interface Note {
  dropId: string;
  step: 'reached' | 'tapped' | 'refused';
  reason: string;
  userId: string;
}

/** What waits to be written, oldest first. When it is full the oldest is dropped and counted. Every call is O(1) a note. */
export class NoteRing {
  private readonly slots: (Note | undefined)[];
  private head = 0;
  private count = 0;
  private lost = 0;

  constructor(private readonly max: number) {
    this.slots = Array.from({ length: max });
  }

  get size(): number {
    return this.count;
  }

  /** Since the start. */
  get dropped(): number {
    return this.lost;
  }

  push(note: Note): void {
    if (this.count === this.max) {
      this.head = (this.head + 1) % this.max;
      this.count -= 1;
      this.lost += 1;
    }
    this.slots[(this.head + this.count) % this.max] = note;
    this.count += 1;
  }

  takeOldest(most: number): Note[] {
    const taken: Note[] = [];
    for (let left = Math.min(most, this.count); left > 0; left -= 1) {
      taken.push(this.slots[this.head]!);
      this.slots[this.head] = undefined;
      this.head = (this.head + 1) % this.max;
      this.count -= 1;
    }
    return taken;
  }

  /** As the oldest, in their order. Those for which there is no room any more are dropped, the oldest of them first. */
  putBack(notes: readonly Note[]): void {
    const room = this.max - this.count;
    const kept = room > 0 ? notes.slice(-room) : [];
    this.lost += notes.length - kept.length;
    this.head = (this.head - kept.length + this.max) % this.max;
    this.count += kept.length;
    for (const [k, note] of kept.entries()) this.slots[(this.head + k) % this.max] = note;
  }
}
