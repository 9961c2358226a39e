import { INVARIANTS, type Broken, type Invariant } from './report.js';

/** A database damaged as a whole must still give a report that can be read and held in memory. */
export const IDS_PER_LINE_MAX = 1_000;
const NOTES_PER_LINE_MAX = 3;

/** One thing found. `problem` is the same sentence for all of a kind; `note` has the figures of this one. */
export interface Finding {
  invariant: Invariant;
  problem: string;
  id: string;
  note?: string | undefined;
  /** The packet to look at again, for what may only be on its way. */
  packetId?: string | undefined;
}

interface Line {
  invariant: Invariant;
  problem: string;
  /** There are more than are kept. */
  more: boolean;
  /** The first IDS_PER_LINE_MAX, by id. */
  kept: Map<string, Finding>;
}

/** Collects what the checks find, a line for each invariant and problem. */
export class Findings {
  private readonly lines = new Map<string, Line>();

  add(finding: Finding): void {
    const { invariant, problem, id } = finding;
    const name = `${invariant} ${problem}`;
    let line = this.lines.get(name);
    if (!line) this.lines.set(name, (line = { invariant, problem, more: false, kept: new Map() }));
    if (line.kept.has(id)) return;
    if (line.kept.size < IDS_PER_LINE_MAX) line.kept.set(id, finding);
    else line.more = true;
  }

  get empty(): boolean {
    return this.lines.size === 0;
  }

  get packetIds(): string[] {
    const ids = new Set<string>();
    for (const { kept } of this.lines.values()) {
      for (const { packetId } of kept.values()) if (packetId) ids.add(packetId);
    }
    return [...ids];
  }

  /** Of these, what `again` shows too, as it is now. */
  stillIn(again: Findings): Findings {
    const both = new Findings();
    for (const [name, { kept, more }] of this.lines) {
      const now = again.lines.get(name);
      for (const finding of now?.kept.values() ?? []) if (kept.has(finding.id)) both.add(finding);
      const line = both.lines.get(name);
      if (line) line.more = more && now?.more === true;
    }
    return both;
  }

  addAll(others: Findings): void {
    for (const [name, { kept, more }] of others.lines) {
      for (const finding of kept.values()) this.add(finding);
      if (more) this.lines.get(name)!.more = true;
    }
  }

  /** By invariant, then in the order found. */
  toBroken(): Broken[] {
    return [...this.lines.values()]
      .sort((a, b) => INVARIANTS.indexOf(a.invariant) - INVARIANTS.indexOf(b.invariant))
      .map((line) => ({ invariant: line.invariant, ids: [...line.kept.keys()], detail: describe(line) }));
  }
}

function describe({ problem, more, kept }: Line): string {
  const notes = [...kept.values()].flatMap(({ note }) => (note ? [note] : []));
  const counted = kept.size > 1 ? `${problem} (${more ? 'over ' : ''}${kept.size})` : problem;
  if (notes.length === 0) return counted;
  const cut = notes.length > NOTES_PER_LINE_MAX ? '; …' : '';
  return `${counted}: ${notes.slice(0, NOTES_PER_LINE_MAX).join('; ')}${cut}`;
}
