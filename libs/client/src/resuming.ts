import { RefusalError, type Answers, type GrabResult, type JoinAck, type PacketView } from '@app/contracts';
import { PASSING, UnansweredError } from './ask-again.js';

/** What a client knows once it is back. */
export interface Resumed {
  /** Each room joined again, with all that was missed there. */
  rooms: JoinAck[];
  /** Rooms that it may not join any more; they are left out from now on. */
  refused: { roomId: string; reason: RefusalError }[];
  /** Campaign packets announced or open; undefined: the list was not given, ask again. */
  packets: PacketView<number>[] | undefined;
  /** Outcomes of grabs that were left unknown. */
  grabs: { packetId: string; result: GrabResult<number> }[];
}

/** What resuming asks, each with the client's own patience. */
export interface Asks {
  join: (roomId: string) => Promise<JoinAck>;
  list: () => Promise<PacketView<number>[]>;
  grab: (packetId: string, answers?: Answers) => Promise<GrabResult<number>>;
  onRejoined: (answer: JoinAck) => void;
  onResumed: (resumed: Resumed) => void;
}

/** Grabs left unknown that are kept, the latest of them: an outcome of long ago is of use to nobody. */
const UNKNOWN_KEPT_MAX = 100;

/**
 * A new connection is in no room and hears of nothing that was pushed meanwhile. This knows where the client wants to be
 * and which grabs it never heard of, and asks for all of that once the connection stands again.
 */
export class Resuming {
  /** In order of joining: the call that is under way, else whether it was answered. */
  private readonly rooms = new Map<string, Promise<JoinAck> | 'joined' | 'unanswered'>();
  private readonly unknown = new Map<string, Answers | undefined>();
  private connections = 0;

  constructor(private readonly asks: Asks) {}

  /** Those who ask while it is under way share it. */
  join(roomId: string): Promise<JoinAck> {
    const running = this.rooms.get(roomId);
    if (typeof running === 'object') return running;
    const joining = this.asks.join(roomId);
    this.rooms.delete(roomId);
    this.rooms.set(roomId, joining);
    joining.then(
      () => this.settle(roomId, joining, 'joined'),
      (error) => this.settle(roomId, joining, isFinal(error) ? undefined : 'unanswered'),
    );
    return joining;
  }

  leave(roomId: string): void {
    this.rooms.delete(roomId);
  }

  /** A grab ended by `error`: when that leaves it unknown, it is asked again once the client is back. */
  noteFailed(packetId: string, answers: Answers | undefined, error: unknown): void {
    if (!(error instanceof UnansweredError)) return;
    this.unknown.delete(packetId);
    this.unknown.set(packetId, answers);
    const [oldest] = this.unknown.keys();
    if (this.unknown.size > UNKNOWN_KEPT_MAX) this.unknown.delete(oldest!);
  }

  noteTold(packetId: string): void {
    this.unknown.delete(packetId);
  }

  /** Something was asked before the first connection stood, and given up. */
  get isBehind(): boolean {
    return this.unknown.size > 0 || [...this.rooms.values()].includes('unanswered');
  }

  /** Once for each connection that something was missed before. The room joined last is the one that is looked at, so it comes first. */
  async resume(): Promise<void> {
    const connection = (this.connections += 1);
    const resumed: Resumed = { rooms: [], refused: [], packets: undefined, grabs: [] };
    // Another connection that comes before this ends begins anew.
    const isOver = () => connection !== this.connections;
    for (const roomId of [...this.rooms.keys()].toReversed()) {
      if (!this.rooms.has(roomId)) continue;
      try {
        const answer = await this.join(roomId);
        if (isOver()) return;
        resumed.rooms.push(answer);
        this.asks.onRejoined(answer);
      } catch (error) {
        if (isOver()) return;
        if (isFinal(error)) resumed.refused.push({ roomId, reason: error });
      }
    }
    resumed.packets = await this.asks.list().catch(() => undefined);
    for (const [packetId, answers] of [...this.unknown]) {
      const result = await this.asks.grab(packetId, answers).catch(() => undefined);
      if (result) resumed.grabs.push({ packetId, result });
    }
    if (!isOver()) this.asks.onResumed(resumed);
  }

  /** Nothing is under way any more, and nothing will be asked. */
  stop(): void {
    this.connections = Infinity;
    this.rooms.clear();
    this.unknown.clear();
  }

  private settle(roomId: string, joining: Promise<JoinAck>, how: 'joined' | 'unanswered' | undefined): void {
    if (this.rooms.get(roomId) !== joining) return;
    if (how) this.rooms.set(roomId, how);
    else this.rooms.delete(roomId);
  }
}

function isFinal(error: unknown): error is RefusalError {
  return error instanceof RefusalError && !PASSING.has(error.code);
}
