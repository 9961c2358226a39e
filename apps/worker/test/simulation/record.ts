import type { GrabDecision, GrabVerdict } from '@app/packet-store';
import type { World } from './world.js';

export interface Broken {
  invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'frozen' | 'deadlock';
  detail: string;
}

export interface Win {
  packetId: string;
  userId: string;
  ordinal: number;
  amount: number;
}

/** Grabs asked; of them refused for certain; of them `busy`, which may be anything. */
interface Asked {
  asked: number;
  refused: number;
  busy: number;
}

const winKey = ({ packetId, userId, ordinal }: Win) => `${packetId} ${userId} ${ordinal}`;

/** What clients asked and were told, and what was seen in the instant of each decision. */
export class Record {
  readonly broken: Broken[] = [];
  /** Every claim that the store ever made. */
  readonly made = new Map<string, Win>();
  /** Those that a client was told of, `won` or `already`. */
  readonly acked = new Map<string, Win>();
  /** Claims that nobody knows any more since Redis lost its disk: no service can settle them. */
  readonly lostWithDisk = new Set<string>();
  private readonly asked = new Map<string, Map<string, Asked>>();

  breaks(invariant: Broken['invariant'], detail: string): void {
    this.broken.push({ invariant, detail });
  }

  isLost(win: Win): boolean {
    return this.lostWithDisk.has(winKey(win));
  }

  lose(win: Win): void {
    this.lostWithDisk.add(winKey(win));
  }

  /** In the instant of the decision, before anyone else can do anything: I7 and I8. */
  decided(world: World, packetId: string, users: string[], decisions: GrabDecision[]): void {
    const row = world.ledger.tables.packets.rows.get(packetId);
    for (const [k, decision] of decisions.entries()) {
      const userId = users[k]!;
      if (decision.outcome === 'won') {
        const { amount, ordinal } = decision;
        const win = { packetId, userId, ordinal, amount };
        this.made.set(winKey(win), win);
        if (row?.closedAt) this.breaks('I8', `${userId} won share ${ordinal} after the close`);
        if (row?.opensAt && world.nowMs < row.opensAt.getTime())
          this.breaks('I8', `${userId} won share ${ordinal} before it opened`);
      }
      if (decision.outcome === 'empty' && row) {
        const taken = ordinalsTaken(world, packetId);
        if (taken.size < row.count)
          this.breaks('I7', `empty was said when ${taken.size} of ${row.count} shares were taken`);
      }
    }
  }

  asks(packetId: string, userId: string): void {
    this.of(packetId, userId).asked += 1;
  }

  hears(packetId: string, userId: string, verdict: GrabVerdict): void {
    if (verdict.outcome === 'won' || verdict.outcome === 'already') {
      const { amount, ordinal } = verdict;
      const win = { packetId, userId, ordinal, amount };
      this.acked.set(winKey(win), win);
    } else if (verdict.outcome === 'busy') this.of(packetId, userId).busy += 1;
    else this.of(packetId, userId).refused += 1;
  }

  of(packetId: string, userId: string): Asked {
    let users = this.asked.get(packetId);
    if (!users) this.asked.set(packetId, (users = new Map()));
    let one = users.get(userId);
    if (!one) users.set(userId, (one = { asked: 0, refused: 0, busy: 0 }));
    return one;
  }
}

/** By a claim of the store or of the ledger. */
function ordinalsTaken({ store, ledger, record }: World, packetId: string): Set<number> {
  const taken = new Set(store.claimsNow(packetId).map(({ ordinal }) => ordinal));
  for (const claim of ledger.tables.claims.rows.values())
    if (claim.packetId === packetId) taken.add(claim.ordinal);
  // Still on its way when the store forgot it.
  for (const win of record.made.values())
    if (win.packetId === packetId && !record.isLost(win)) taken.add(win.ordinal);
  return taken;
}
