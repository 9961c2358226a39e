import { textField, numberField } from '../lib/fields.ts';
import { Socket, type Answer, type Connected, type SocketObserver } from '../lib/socketio.ts';
import type { PlannedPerson } from '../model/plan.ts';
import { passes, type Refused, type Vu } from './vu.ts';

/** A request without a time to wait, refused for a reason that passes, is asked again after this and jitter. */
const ASK_AGAIN_MS = 500;

/** One thing that a person enters on every connection: a room, or the list of the campaigns' packets. */
export interface Entrance {
  event: 'room:join' | 'packets:list';
  payload: Record<string, string>;
  /** The acknowledgement, unparsed: what there was already. */
  entered: (text: string) => void;
}

/** Somebody signed in: connected, in their rooms, and hearing of packets on their own socket. */
export class Person {
  readonly socket: Socket;
  /** Connected, and in all rooms. */
  isReady = false;
  /** Why not, as long as they were never ready: a code, or `timeout`, or `closed`. */
  failure = 'timeout';
  /** Told each time that they are. */
  onReady: (atMs: number) => void = () => {};

  private readonly entrances: Entrance[] = [];
  private connection = 0;
  private toEnter = 0;
  private how: Connected = { again: false, sinceMs: 0 };
  /** Of wins whose money has not come: when they were heard. */
  private readonly unsettled = new Map<string, number>();
  /** Money that came before its answer: pushes and answers go different ways. */
  private readonly early = new Set<string>();

  constructor(
    private readonly vu: Vu,
    readonly index: number,
    { token }: PlannedPerson,
    observer: SocketObserver,
  ) {
    const { agenda, head, chance } = vu;
    this.socket = new Socket({
      ...{ target: head.target, auth: { token }, agenda, observer },
      answerMsMax: head.answerMsMax,
      chance: () => chance.next(),
    });
    this.socket.onConnected = (how) => this.enterAll(how);
    this.socket.onLost = () => this.lost();
    this.socket.onFailed = (why) => {
      this.failure = why;
    };
    this.socket.onRefused = ({ data, message }) => this.refused((data ?? { code: message }) as Refused);
    this.socket.onText('wallet:changed', (text, atMs) => this.paid(text, atMs));
  }

  enters(entrance: Entrance): void {
    if (
      !this.entrances.some(
        ({ payload, event }) => event === entrance.event && payload.roomId === entrance.payload.roomId,
      )
    )
      this.entrances.push(entrance);
  }

  won(packetId: string, atMs: number): void {
    if (this.early.delete(packetId)) this.settledAfter(0, atMs);
    else this.unsettled.set(packetId, atMs);
  }

  private paid(text: string, atMs: number): void {
    const packetId = textField(text, 'packetId');
    if (packetId === undefined || !(numberField(text, 'amount')! > 0)) return;
    const wonMs = this.unsettled.get(packetId);
    if (wonMs === undefined) {
      this.early.add(packetId);
      return;
    }
    this.unsettled.delete(packetId);
    this.settledAfter(atMs - wonMs, wonMs);
  }

  private settledAfter(ms: number, wonMs: number): void {
    this.vu.tally.time(this.vu.clock.secondOf(wonMs), 'settlement', ms);
  }

  private enterAll(how: Connected): void {
    this.how = how;
    this.connection += 1;
    this.toEnter = this.entrances.length;
    if (this.toEnter === 0) this.ready(Date.now());
    for (const entrance of this.entrances) this.enter(entrance, this.connection);
  }

  /** Of a connection that is gone meanwhile the rest comes to nothing: the next one enters anew. */
  private enter(entrance: Entrance, connection: number): void {
    if (connection !== this.connection || !this.socket.isConnected) return;
    this.socket.ask(entrance.event, entrance.payload, (answer) => {
      if (connection !== this.connection) return;
      if (this.isEntered(entrance, answer, connection)) {
        this.toEnter -= 1;
        if (this.toEnter === 0) this.ready(answer.atMs);
      }
    });
  }

  private isEntered(entrance: Entrance, answer: Answer, connection: number): boolean {
    const again = (ms: number) =>
      void this.vu.agenda.after(this.vu.withJitter(ms), () => this.enter(entrance, connection));
    if (answer.kind === 'unanswered') {
      this.failure = answer.why;
      this.vu.count(answer.atMs, 'error.unknown');
      if (answer.why === 'timeout') again(ASK_AGAIN_MS);
      return false;
    }
    const refused = refusalIn(answer.text);
    if (refused) {
      this.failure = refused.code;
      this.vu.count(answer.atMs, `error.${refused.code}`);
      if (passes(refused)) again(refused.retryAfterMs ?? ASK_AGAIN_MS);
      return false;
    }
    entrance.entered(answer.text);
    return true;
  }

  private ready(atMs: number): void {
    const { again, sinceMs } = this.how;
    this.isReady = true;
    this.vu.tally.time(
      this.vu.clock.secondOf(sinceMs),
      again ? 'reconnect' : 'connect',
      Math.max(0, atMs - sinceMs),
    );
    this.vu.count(atMs, 'connects');
    this.onReady(atMs);
  }

  private lost(): void {
    this.failure = 'closed';
    this.connection += 1;
    if (!this.isReady) return;
    this.isReady = false;
    this.vu.count(Date.now(), 'disconnects');
  }

  private refused(refused: Refused): void {
    this.failure = refused.code;
    this.vu.count(Date.now(), `error.${refused.code}`);
    if (passes(refused))
      this.vu.agenda.after(this.vu.withJitter(refused.retryAfterMs ?? ASK_AGAIN_MS), () =>
        this.socket.connect(),
      );
  }
}

/** `{error: {code, …}}` begins so; no other acknowledgement does. */
const REFUSED = '[{"error":';

export function refusalIn(text: string): Refused | undefined {
  return text.startsWith(REFUSED) ? (JSON.parse(text) as [{ error: Refused }])[0].error : undefined;
}
