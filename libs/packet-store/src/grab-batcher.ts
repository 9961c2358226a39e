import type { Grab, GrabAnswer, GrabDecision, PacketRef, PacketStore } from './packet-store.js';

/** How one grab came out. `busy`: ask again, nothing is known or nothing was tried. `unknown`: no such packet here. */
export type GrabVerdict = GrabDecision | { outcome: 'busy' } | { outcome: 'unknown' };
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
 */
export class GrabBatcher {
  private readonly lines = new Map<string, Line>();
  private waitingCount = 0;

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
      const reply = await this.store.grab(line.packet, grabs).catch((error: Error): GrabAnswer => {
        this.onError(error);
        return { status: 'shut' };
      });
      this.waitingCount -= grabs.length;
      for (let k = 0; k < answers.length; k += 1) {
        answers[k]!(
          reply.status === 'decided' ? reply.decisions[k]! : reply.status === 'shut' ? BUSY : UNKNOWN,
        );
      }
    }
    this.lines.delete(line.packet.line ?? line.packet.packetId);
  }
}
