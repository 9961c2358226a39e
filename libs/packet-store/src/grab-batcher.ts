import { slotOf } from './keys.js';
import type { Grab, GrabAnswer, GrabDecision, PacketRef, PacketStore } from './packet-store.js';

/** How one grab came out. `busy`: ask again, nothing is known or nothing was tried. `unknown`: no such packet here. */
export type GrabVerdict = GrabDecision | { outcome: 'busy'; afterMs?: number } | { outcome: 'unknown' };
export type Answer = (verdict: GrabVerdict) => void;

export interface BatcherLimits {
  grabsPerCallMax: number;
  grabsWaitingMax: number;
}

interface Line {
  packet: PacketRef;
  waiting: Grab[];
  answers: Answer[];
  /** A call for this packet is under way or about to be made. */
  running: boolean;
}

const BUSY: GrabVerdict = Object.freeze({ outcome: 'busy' });
const UNKNOWN: GrabVerdict = Object.freeze({ outcome: 'unknown' });

/**
 * Many grabs in one call of the store: what arrives for a packet while its last call is under way goes out together in
 * the next, and a lone grab goes at once. 100 in a call decide 5 times as many a second as one to a call
 * (docs/decisions/0002). Beyond `grabsWaitingMax` in this process the answer is `busy`, at once.
 *
 * A store that hangs takes a call's whole deadline to fail. So whoever waited behind a call that failed is not sent after
 * it, one deadline for each batch, but answered `busy`; and until a call succeeds again nobody waits behind one.
 */
export class GrabBatcher {
  private readonly lines = new Map<string, Line>();
  private waitingCount = 0;
  /** Slots of which the last call that ended had no answer. */
  private readonly away = new Set<number>();

  constructor(
    private readonly store: Pick<PacketStore, 'grab'>,
    private readonly limits: BatcherLimits,
    private readonly onError: (error: Error) => void,
  ) {}

  get waiting(): number {
    return this.waitingCount;
  }

  submit(packet: PacketRef, grab: Grab, answer: Answer): void {
    if (this.waitingCount >= this.limits.grabsWaitingMax) {
      answer(BUSY);
      return;
    }
    const key = packet.line ?? packet.packetId;
    let line = this.lines.get(key);
    if (line && this.away.size > 0 && this.away.has(slotOfRef(packet))) {
      answer(BUSY);
      return;
    }
    if (!line) {
      line = { packet, waiting: [], answers: [], running: false };
      this.lines.set(key, line);
    }
    line.waiting.push(grab);
    line.answers.push(answer);
    this.waitingCount += 1;
    if (line.running) return;
    line.running = true;
    // After the sockets that are readable now have been read: grabs of the same moment share the first call too.
    setImmediate(() => void this.run(line));
  }

  private async run(line: Line): Promise<void> {
    while (line.waiting.length > 0) {
      const grabs = line.waiting.splice(0, this.limits.grabsPerCallMax);
      const answers = line.answers.splice(0, this.limits.grabsPerCallMax);
      const reply = await this.ask(line.packet, grabs);
      if (!reply) {
        grabs.push(...line.waiting.splice(0));
        answers.push(...line.answers.splice(0));
      }
      this.waitingCount -= grabs.length;
      for (let k = 0; k < answers.length; k += 1) {
        answers[k]!(
          reply?.status === 'decided' ? reply.decisions[k]! : reply?.status === 'unknown' ? UNKNOWN : BUSY,
        );
      }
    }
    this.lines.delete(line.packet.line ?? line.packet.packetId);
  }

  /** Undefined: no answer. */
  private async ask(packet: PacketRef, grabs: Grab[]): Promise<GrabAnswer | undefined> {
    try {
      const reply = await this.store.grab(packet, grabs);
      if (this.away.size > 0) this.away.delete(slotOfRef(packet));
      return reply;
    } catch (error) {
      this.away.add(slotOfRef(packet));
      this.onError(error as Error);
      return undefined;
    }
  }
}

const slotOfRef = ({ packetId, visit }: PacketRef): number => slotOf(packetId, visit?.partition);
