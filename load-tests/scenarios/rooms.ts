import { Chance } from '../lib/chance.ts';
import { textField } from '../lib/fields.ts';
import { Arrivals, turnsOf } from '../lib/pace.ts';
import type { Answer } from '../lib/socketio.ts';
import type { PlannedRoom } from '../model/plan.ts';
import type { RoomsPiece } from './piece.ts';
import { refusalIn, type Person } from './person.ts';
import type { Vu } from './vu.ts';
import type { Waits } from './waits.ts';

/** A packet's greeting begins so and names its run and send: a person learns from their own socket alone which packet it is. */
const MARK = 'replay';
const RUN_CHARS = 8;

interface Send {
  k: number;
  dueMs: number;
  room: PlannedRoom;
  heardBy: Map<Person, string>;
  tapsLeft: number;
}

/** People in rooms: one sends, others open it, some come too late, some tap again, some only watch. */
export class Rooms {
  private readonly marks: string;
  private readonly arrivals: Arrivals;
  private readonly turns: () => number | undefined;
  /** By mark, until the last of its taps was due. */
  private readonly sends = new Map<string, Send>();

  constructor(
    private readonly vu: Vu,
    private readonly piece: RoomsPiece,
    private readonly people: ReadonlyMap<number, Person>,
    private readonly waits: Waits,
  ) {
    this.marks = `${MARK} ${vu.head.runId.slice(-RUN_CHARS)} ${piece.part}.`;
    this.arrivals = new Arrivals(piece.sends);
    this.turns = turnsOf(piece.places, piece.roomsInAll);
    for (const { roomId, sender, members, watchers } of piece.rooms)
      for (const index of [sender, ...members, ...watchers])
        people.get(index)!.enters({
          ...{ event: 'room:join', payload: { roomId } },
          entered: (text) => this.entered(people.get(index)!, text),
        });
  }

  begin(): void {
    this.next();
  }

  /** Whether a packet is of this part of this run. */
  owns(packet: string): boolean {
    return packet.includes(this.marks);
  }

  /** `packet:dropped` on a person's own socket. */
  heard(person: Person, packet: string, atMs: number): void {
    const send = this.sends.get(textField(packet, 'greeting') ?? '');
    const packetId = textField(packet, 'packetId');
    if (!send || packetId === undefined || send.heardBy.has(person)) return;
    send.heardBy.set(person, packetId);
    this.waits.look(person, atMs);
  }

  /** Joining says which packets there are: whoever was away meanwhile learns of them here. Before the load there are none. */
  private entered(person: Person, text: string): void {
    if (this.sends.size === 0 || !text.includes(this.marks)) return;
    const [{ packets, closedPackets }] = JSON.parse(text) as [
      Record<string, { packetId: string; greeting: string }[]>,
    ];
    for (const { packetId, greeting } of [...packets!, ...closedPackets!]) {
      const send = this.sends.get(greeting);
      if (send && !send.heardBy.has(person)) send.heardBy.set(person, packetId);
    }
  }

  private next(): void {
    const k = this.turns();
    const second = k === undefined ? undefined : this.arrivals.secondOf(k);
    if (k === undefined || second === undefined) return;
    const dueMs = this.vu.clock.at(second);
    this.vu.agenda.at(dueMs, () => {
      this.next();
      this.send(k, dueMs);
    });
  }

  private send(k: number, dueMs: number): void {
    const { piece, vu } = this;
    const room = piece.rooms[piece.places.indexOf(k % piece.roomsInAll)]!;
    const mark = `${this.marks}${k}`;
    const send: Send = { k, dueMs, room, heardBy: new Map(), tapsLeft: 0 };
    this.sends.set(mark, send);
    this.planTaps(send, mark);
    vu.count(dueMs, 'sends');
    const { kind, amount, shares, expiresInSeconds } = piece.packet;
    const request = {
      ...{ roomId: room.roomId, kind, amount, count: shares, currency: 'CNY', expiresInSeconds },
      ...{ greeting: mark, idempotencyKey: `${vu.head.runId}.${piece.part}.${k}` },
    };
    const sender = this.people.get(room.sender)!;
    this.waits.due(sender, {
      dueMs,
      attempt: (readyMs) => {
        vu.tally.time(vu.clock.secondOf(dueMs), 'late', Math.max(0, Date.now() - readyMs));
        sender.socket.ask('packet:send', request, (answer) => this.answered(dueMs, answer));
        return true;
      },
      giveUp: (atMs) => vu.count(atMs, 'error.not_sent'),
    });
  }

  private answered(dueMs: number, answer: Answer): void {
    const { vu } = this;
    vu.tally.time(vu.clock.secondOf(dueMs), 'send', Math.max(0, answer.atMs - dueMs));
    if (answer.kind === 'unanswered') {
      vu.count(answer.atMs, 'error.unknown');
      return;
    }
    const refused = refusalIn(answer.text);
    vu.count(answer.atMs, refused ? `error.${refused.code}` : 'sent');
  }

  /**
   * Who taps when is drawn for each send by itself. With too few members the sender taps as well; late ones are of those
   * who have not tapped yet, as long as there are any: with nobody left they are left out, for they would hear `already`
   * and be counted as the other kind. Who taps again tapped before; their second tap is `late` after a time of its own.
   */
  private planTaps(send: Send, mark: string): void {
    const { piece, vu } = this;
    const { min, mean, late } = piece.reactionMs;
    const { shares } = piece.packet;
    const chance = new Chance(vu.head.seed, piece.part, send.k);
    const members = chance.some(send.room.members, send.room.members.length);
    const all = members.length < shares + piece.latePerSend ? [...members, send.room.sender] : members;
    const first = all.slice(0, shares);
    const tooLate = all.slice(shares, shares + piece.latePerSend);
    const again = Array.from({ length: first.length > 0 ? piece.repeatsPerSend : 0 }, () =>
      chance.below(first.length),
    );
    const tap = (index: number, afterMs: number) => {
      const dueMs = send.dueMs + afterMs + min + chance.exponential(mean);
      send.tapsLeft += 1;
      vu.agenda.at(dueMs, () => this.tap(send, mark, this.people.get(index)!, dueMs));
    };
    first.forEach((index) => tap(index, 0));
    tooLate.forEach((index) => tap(index, late));
    again.forEach((at) => tap(first[at]!, late));
  }

  private tap(send: Send, mark: string, person: Person, dueMs: number): void {
    this.waits.tap(person, dueMs, () => {
      const packetId = send.heardBy.get(person);
      return packetId === undefined ? undefined : { packetId };
    });
    send.tapsLeft -= 1;
    // Kept as long as a tap may wait to hear of it.
    if (send.tapsLeft === 0) this.vu.agenda.after(this.vu.head.answerMsMax, () => this.sends.delete(mark));
  }
}
