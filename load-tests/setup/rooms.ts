import type { HttpClient } from '@app/client';
import { MEMBERS_PER_CALL_MAX } from '@app/contracts';
import type { PlannedPerson, PlannedRoom, RoomsPart } from '../model/plan.ts';
import { fund } from './funds.ts';
import type { Progress } from './progress.ts';
import { eachOf, patiently } from './patience.ts';
import type { FundedSender } from './setup.ts';
import type { SizedRooms } from './size.ts';

const AT_ONCE = 8;

/** People are taken from the first on, room after room: the sender, who taps, who watches. */
export async function makeRooms(
  http: HttpClient,
  sizes: SizedRooms[],
  people: PlannedPerson[],
  onProgress: Progress,
): Promise<{ parts: RoomsPart[]; senders: FundedSender[] }> {
  const parts: RoomsPart[] = [];
  const senders: FundedSender[] = [];
  const all = sizes.reduce((sum, { rooms }) => sum + rooms, 0);
  let next = 0;
  for (const size of sizes) {
    const places = Array.from({ length: size.rooms }, () => {
      const sender = next;
      next += 1 + size.members + size.watchers;
      return placesOf(sender, size);
    });
    const before = senders.length;
    const made = await eachOf(
      places,
      AT_ONCE,
      (room, k) => makeRoom(http, `load ${before + k + 1}`, room, people, size.fundEach),
      (done) => onProgress('rooms', before + done, all),
    );
    senders.push(...made);
    parts.push(
      partOf(
        size,
        places.map((room, k) => ({ ...room, roomId: made[k]!.roomId })),
      ),
    );
  }
  return { parts, senders };
}

type Places = Omit<PlannedRoom, 'roomId'>;

function placesOf(sender: number, { members, watchers }: SizedRooms): Places {
  const from = (first: number, count: number) => Array.from({ length: count }, (_, k) => first + k);
  return { sender, members: from(sender + 1, members), watchers: from(sender + 1 + members, watchers) };
}

function partOf(size: SizedRooms, rooms: PlannedRoom[]): RoomsPart {
  const { sends, packet, latePerSend, repeatsPerSend, reactionMs } = size;
  return { kind: 'rooms', rooms, sends, packet, latePerSend, repeatsPerSend, reactionMs };
}

async function makeRoom(
  http: HttpClient,
  name: string,
  { sender, members, watchers }: Places,
  people: PlannedPerson[],
  funded: number,
): Promise<FundedSender> {
  const { userId, token } = people[sender]!;
  const own = http.withToken(token);
  const { roomId } = await patiently(() => own.createRoom(name));
  const userIds = [...members, ...watchers].map((k) => people[k]!.userId);
  for (let from = 0; from < userIds.length; from += MEMBERS_PER_CALL_MAX) {
    await patiently(() => own.addMembers(roomId, userIds.slice(from, from + MEMBERS_PER_CALL_MAX)));
  }
  await fund((topup, key) => own.topUp(topup, key), funded);
  return { userId, token, roomId, funded };
}
