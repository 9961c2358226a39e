import { Chance } from '../lib/chance.ts';
import { numberField, textField } from '../lib/fields.ts';
import { Arrivals, turnsOf } from '../lib/pace.ts';
import type { CrowdDrop } from '../model/plan.ts';
import type { CrowdPiece } from './piece.ts';
import type { Person } from './person.ts';
import { quizAnswers, type Gate } from './quiz.ts';
import type { Vu } from './vu.ts';
import type { Target, Waits } from './waits.ts';

interface Packet {
  packetId: string;
  dropId: string;
  /** On this machine's clock. */
  opensMs: number;
  isClosed: boolean;
}

/** A packet as one person was told of it. */
interface Told {
  packet: Packet;
  isTried: boolean;
  answers: unknown;
}

/** One VU's taps on a drop, and whose turn it is among its people. */
interface DropTaps {
  dropId: string;
  arrivals: Arrivals;
  turns: () => number | undefined;
  turn: number;
}

/** As a packet comes in the acknowledgement of `packets:list`. */
interface Listed {
  packetId: string;
  dropId?: string;
  opensAt: number;
  gates?: Gate[];
}

/** A brand's audience: they hear of the drops' packets, and tap. */
export class Crowd {
  private readonly crowd: Person[];
  private readonly drops: Map<string, { drop: CrowdDrop; place: number }>;
  private readonly packets = new Map<string, Packet>();
  /** By person, then drop. */
  private readonly told = new Map<Person, Map<string, Told[]>>();

  constructor(
    private readonly vu: Vu,
    private readonly piece: CrowdPiece,
    people: ReadonlyMap<number, Person>,
    private readonly waits: Waits,
  ) {
    this.drops = new Map(piece.drops.map((drop, place) => [drop.dropId, { drop, place }]));
    this.crowd = piece.people.map((index) => people.get(index)!);
    const watchers = piece.watchers.map((index) => people.get(index)!);
    for (const person of [...this.crowd, ...watchers])
      person.enters({
        ...{ event: 'packets:list', payload: {} },
        entered: (text) => this.listed(person, text),
      });
    for (const person of this.crowd) this.told.set(person, new Map());
  }

  begin(): void {
    this.piece.drops.forEach((drop, place) => {
      // Not the same people first at each drop.
      const turn = new Chance(this.vu.head.seed, this.piece.part, place, this.vu.place).below(
        this.crowd.length,
      );
      const turns = turnsOf([this.vu.place], this.vu.head.vus);
      this.next({ dropId: drop.dropId, arrivals: new Arrivals(drop.taps), turns, turn });
    });
  }

  /** Whether a packet is of this part's drops. */
  owns(packet: string): boolean {
    return this.drops.has(textField(packet, 'dropId') ?? '');
  }

  /** `packet:announced` or `packet:dropped` on a person's own socket. */
  heard(person: Person, packet: string, atMs: number): void {
    const dropId = textField(packet, 'dropId');
    if (dropId === undefined || !this.drops.has(dropId)) return;
    const packetId = textField(packet, 'packetId')!;
    const opensAt = numberField(packet, 'opensAt')!;
    const gatesOf = () => (JSON.parse(packet) as [string, Listed])[1].gates;
    if (this.tell(person, { packetId, dropId, opensAt }, gatesOf)) this.waits.look(person, atMs);
  }

  closed(packetId: string): void {
    const packet = this.packets.get(packetId);
    if (packet) packet.isClosed = true;
  }

  private listed(person: Person, text: string): void {
    if (!text.includes('"dropId":')) return;
    for (const packet of (JSON.parse(text) as [{ packets: Listed[] }])[0].packets)
      this.tell(person, packet, () => packet.gates);
  }

  /** Whether this person did not know it before. All of a packet is read only where there is a quiz: then each has ids of their own. */
  private tell(
    person: Person,
    { packetId, dropId, opensAt }: Listed,
    gatesOf: () => Gate[] | undefined,
  ): boolean {
    const planned = this.drops.get(dropId ?? '');
    const byDrop = this.told.get(person);
    if (!planned || dropId === undefined || !byDrop) return false;
    let packet = this.packets.get(packetId);
    if (!packet) {
      packet = { packetId, dropId, opensMs: this.vu.clock.fromServer(opensAt), isClosed: false };
      this.packets.set(packetId, packet);
    }
    let told = byDrop.get(dropId);
    if (!told) byDrop.set(dropId, (told = []));
    if (told.some((one) => one.packet === packet)) return false;
    told.push({ packet, isTried: false, answers: this.answersOf(person, planned, gatesOf) });
    return true;
  }

  /** The same person answers rightly or wrongly, however often they are told and tap. */
  private answersOf(
    person: Person,
    { drop, place }: { drop: CrowdDrop; place: number },
    gatesOf: () => Gate[] | undefined,
  ): unknown {
    const gates = drop.quiz && gatesOf();
    if (!drop.quiz || !gates) return undefined;
    const draw = new Chance(this.vu.head.seed, this.piece.part, place, person.index).next();
    return quizAnswers(gates, drop.quiz.right, draw * 100 >= drop.quiz.wrongPercent);
  }

  private next(taps: DropTaps): void {
    const k = taps.turns()!;
    const second = taps.arrivals.secondOf(k);
    if (second === undefined) return;
    const dueMs = this.vu.clock.at(second);
    this.vu.agenda.at(dueMs, () => {
      this.next(taps);
      this.tap(taps, dueMs);
    });
  }

  private tap(taps: DropTaps, dueMs: number): void {
    const person = this.crowd[taps.turn];
    if (!person) {
      // More VUs than people: the tap belongs to the load all the same, and nobody is there to make it.
      this.vu.count(dueMs, 'offered');
      this.vu.count(dueMs, 'error.nobody');
      this.vu.count(dueMs, 'outcome.unknown');
      return;
    }
    taps.turn = (taps.turn + 1) % this.crowd.length;
    this.waits.tap(person, dueMs, () => choose(this.told.get(person)!.get(taps.dropId), Date.now()));
  }
}

/**
 * What is open comes before what is only announced, and that before what is closed: so does a page show it. Among those a
 * packet not tried yet, and else the one tried longest ago. Closed ones are tapped only by who knows nothing else.
 */
function choose(told: Told[] | undefined, nowMs: number): Target | undefined {
  if (!told || told.length === 0) return undefined;
  let best = told[0]!;
  told.forEach((one) => {
    if (rank(one, nowMs) < rank(best, nowMs)) best = one;
  });
  if (best.isTried) {
    told.splice(told.indexOf(best), 1);
    told.push(best);
  }
  best.isTried = true;
  return { packetId: best.packet.packetId, answers: best.answers };
}

function rank({ packet, isTried }: Told, nowMs: number): number {
  const place = packet.isClosed ? 4 : packet.opensMs > nowMs ? 2 : 0;
  return place + (isTried ? 1 : 0);
}
