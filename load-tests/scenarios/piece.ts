import type { CrowdPart, Plan, PlannedPerson, PlannedRoom, RoomsPart } from '../model/plan.ts';

/** What every VU needs to know of a plan. */
export type PlanHead = Omit<Plan, 'people' | 'parts'>;

/** What one VU plays of a plan, with its own people and nobody else's. */
export interface Piece {
  people: [index: number, person: PlannedPerson][];
  parts: PartPiece[];
}

export type PartPiece = RoomsPiece | CrowdPiece;

/** `part`: its place in the plan. `places`: which of the `roomsInAll` these rooms are. */
export interface RoomsPiece extends Omit<RoomsPart, 'rooms'> {
  part: number;
  roomsInAll: number;
  places: number[];
  rooms: PlannedRoom[];
}

export interface CrowdPiece extends CrowdPart {
  part: number;
}

export function headOf({ people: _people, parts: _parts, ...head }: Plan): PlanHead {
  return head;
}

/** The pieces of a plan, by VU from 0. Each room and each person of a crowd is in one of them. */
export function piecesOf(plan: Plan): Piece[] {
  const partsOfEach = plan.parts.map((part, k) =>
    part.kind === 'crowd' ? crowdPieces(part, k, plan.vus) : roomsPieces(part, k, plan.vus),
  );
  return Array.from({ length: plan.vus }, (_, vu) => {
    const parts = partsOfEach.map((pieces) => pieces[vu]!);
    const indexes = new Set(parts.flatMap(everyone));
    return { people: [...indexes].map((index) => [index, plan.people[index]!]), parts };
  });
}

function crowdPieces(planned: CrowdPart, part: number, vus: number): CrowdPiece[] {
  const people = dealt(planned.people, vus);
  const watchers = dealt(planned.watchers, vus);
  return people.map((_, vu) => ({ ...planned, part, people: people[vu]!, watchers: watchers[vu]! }));
}

function roomsPieces(planned: RoomsPart, part: number, vus: number): RoomsPiece[] {
  const roomsInAll = planned.rooms.length;
  const rooms = dealt(planned.rooms, vus);
  return rooms.map((mine, vu) => ({
    ...planned,
    ...{ part, roomsInAll, rooms: mine, places: mine.map((_, k) => vu + k * vus) },
  }));
}

/** As cards: the k-th to hand k mod `hands`. */
function dealt<T>(items: readonly T[], hands: number): T[][] {
  const hand = Array.from({ length: hands }, (): T[] => []);
  items.forEach((item, k) => hand[k % hands]!.push(item));
  return hand;
}

function everyone(piece: PartPiece): number[] {
  if (piece.kind === 'crowd') return [...piece.people, ...piece.watchers];
  return piece.rooms.flatMap(({ sender, members, watchers }) => [sender, ...members, ...watchers]);
}
