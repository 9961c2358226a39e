import type { Answer, GrabBatcher, GrabVerdict } from './grab-batcher.js';
import { homeOf, partitionAt } from './partition-order.js';
import type { Grab, PacketRef, PacketStore } from './packet-store.js';

/** Packets of which the round is remembered; beyond it all are asked for again. */
const ROUNDS_KEPT_MAX = 1_000;

const BUSY: GrabVerdict = Object.freeze({ outcome: 'busy' });
const UNKNOWN: GrabVerdict = Object.freeze({ outcome: 'unknown' });

interface Walk {
  packet: PacketRef;
  grab: Grab;
  answer: Answer;
  round: string;
  partitions: number;
  /** Visits of the user's order that are behind it; -1 while the list is looked at. */
  step: number;
  /** Said by a partition that is dry: nothing can be won any more, but a claim may be found. */
  refusal: GrabVerdict | undefined;
}

/**
 * Grabs on packets that are spread over partitions: each walks the user's own order of all partitions, home first, and
 * every visit is one grab in the batcher. Packets that are whole go straight to it.
 *
 * A visit is decided by one atomic script: the claim that is here (`already`); else a share of what is left (`won`); else
 * the partition is dry (`empty`) and the walk goes on. Shares only ever leave, so what is dry stays dry. Hence:
 * - At most one claim a user (I2). Were there two, at p before q in the user's order, then the walk that won at q had
 *   found p dry and no claim there; p gave nothing after that, and the claim at p was not there before. A contradiction,
 *   however many walks of a user are under way, and wherever one of them ends: nothing is kept but the claims themselves.
 * - `empty` comes only after every partition was found dry, so all are (I7).
 * - A claim lies behind dry partitions alone. A refusal (closed, a gate) by a partition with shares left ends the walk; by
 *   a dry one it is kept, and the walk only looks on for a claim, with a mark that can't win.
 * Only putting back a packet whose Redis lost data makes partitions less dry. It shuts all of them, puts every known claim
 * also where its user's walk begins, and opens them under a new round; a walk of the round before finds every door shut.
 */
export class SpreadGrabs {
  private readonly rounds = new Map<string, string>();
  private readonly asking = new Map<string, ReturnType<PacketStore['roundOf']>>();

  constructor(
    private readonly batcher: Pick<GrabBatcher, 'submit' | 'waiting'>,
    private readonly store: Pick<PacketStore, 'roundOf'>,
  ) {}

  get waiting(): number {
    return this.batcher.waiting;
  }

  submit(packet: PacketRef, grab: Grab, answer: Answer): void {
    const { packetId, partitions = 1 } = packet;
    if (partitions === 1) {
      this.batcher.submit(packet, grab, answer);
      return;
    }
    const begin = (round: string) => {
      // Its list stands in the first partition's slot alone: whoever's home is another one is looked up there first.
      const listed = packet.ruled?.audienceId && homeOf(packetId, grab.userId, partitions) > 0;
      this.visit({ packet, grab, answer, round, partitions, step: listed ? -1 : 0, refusal: undefined });
    };
    const round = this.rounds.get(packetId);
    if (round !== undefined) {
      begin(round);
      return;
    }
    this.ask(packetId).then(
      (found) => {
        if (typeof found === 'object') begin(found.round);
        else answer(found === 'unknown' ? UNKNOWN : BUSY);
      },
      () => answer(BUSY),
    );
  }

  /** Once for all who want to know meanwhile. */
  private ask(packetId: string): ReturnType<PacketStore['roundOf']> {
    const asked = this.asking.get(packetId);
    if (asked) return asked;
    const asking = this.store
      .roundOf(packetId)
      .then((found) => {
        if (this.rounds.size >= ROUNDS_KEPT_MAX) this.rounds.clear();
        if (typeof found === 'object') this.rounds.set(packetId, found.round);
        return found;
      })
      .finally(() => this.asking.delete(packetId));
    this.asking.set(packetId, asking);
    return asking;
  }

  private visit(walk: Walk): void {
    const { packet, grab, round, partitions, step, refusal } = walk;
    const { packetId } = packet;
    const partition = step < 0 ? 0 : partitionAt(packetId, grab.userId, partitions, step);
    const looks = step < 0 || refusal !== undefined;
    this.batcher.submit(
      { ...packet, visit: { partition, round }, line: `${packetId}:${partition}` },
      looks && grab.mark !== 'unmet' ? { userId: grab.userId, mark: 'unmet' } : grab,
      (verdict) => this.heard(walk, verdict),
    );
  }

  private heard(walk: Walk, verdict: GrabVerdict): void {
    const { answer, refusal } = walk;
    switch (verdict.outcome) {
      case 'busy':
        // Shut, perhaps for good: the next walk asks for the round anew. A full outbox says nothing of the round.
        if (verdict.afterMs === undefined && this.rounds.get(walk.packet.packetId) === walk.round)
          this.rounds.delete(walk.packet.packetId);
        answer(verdict);
        return;
      case 'won':
      case 'already':
      case 'not_found':
      case 'unknown':
        answer(verdict);
        return;
      case 'empty':
        this.goOn(walk, verdict);
        return;
      default:
        if (walk.step < 0) this.goOn(walk, verdict);
        else if (verdict.outcome !== 'not_eligible' || !verdict.dry) answer(refusal ?? verdict);
        else this.goOn({ ...walk, refusal: refusal ?? withoutDry(verdict) }, verdict);
    }
  }

  private goOn(walk: Walk, verdict: GrabVerdict): void {
    const step = walk.step + 1;
    if (step < walk.partitions) this.visit({ ...walk, step });
    else walk.answer(walk.refusal ?? verdict);
  }
}

function withoutDry({ outcome, reason }: GrabVerdict & { outcome: 'not_eligible' }): GrabVerdict {
  return { outcome, ...(reason ? { reason } : {}) };
}
