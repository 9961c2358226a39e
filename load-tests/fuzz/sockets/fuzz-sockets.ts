import fc from 'fast-check';
import { fundedRoom, RawSocket, signInMany, type TestPerson } from '@app/testing';
import { stepsOf, writesOf, type Known, type Step } from './frames.js';
import { closedForNothing, isAnswered, LAST_ID, wrongWith } from './judge.js';
import { untilOver, whatBroke, type FuzzOptions, type Fuzzed } from '../fuzzed.js';

const PEOPLE = 12;
const FEN_EACH = 20_000;
const CONNECTIONS_AT_ONCE = 4;
const ANSWER_MS_MAX = 8_000;

/** Connections put through frames that are right, nearly right and garbage, while a person who behaves looks on. */
export async function fuzzSockets({ url, seed, seconds, signal }: FuzzOptions): Promise<Fuzzed> {
  const [witness, ...people] = await signInMany(url, PEOPLE + 1, 'fuzz');
  const known = await sceneOf(people);
  const look = await RawSocket.signedIn(url, witness!.token);
  let [connections, steps, closed, next] = [0, 0, 0, 0];
  const waits: number[] = [];

  const one = async (some: Step[]) => {
    const raw = await RawSocket.signedIn(url, people[(next += 1) % PEOPLE]!.token);
    try {
      for (const bytes of some.flatMap(writesOf)) {
        raw.write(bytes);
        // Let go of the processor: pieces then leave as pieces.
        await new Promise((resolve) => setImmediate(resolve));
      }
      raw.say(`42${LAST_ID}["clock:sync",{}]`);
      await raw
        .until('an answer', () => raw.closed || isAnswered(raw, some), ANSWER_MS_MAX)
        // A frame or message that was begun and never ended swallows the rest: nothing is owed for that.
        .catch(() => raw.end());
      [connections, steps, closed] = [connections + 1, steps + some.length, closed + (raw.closed ? 1 : 0)];
      const swallowed =
        !raw.closed && raw.acksOf(LAST_ID).length === 0 && some.some(({ kind }) => kind !== 'request');
      const wrong = swallowed ? undefined : wrongWith(raw, some);
      if (wrong) throw new Error(wrong);
      if (closedForNothing(raw, some)) throw new Error('closed for requests of the right form');
    } finally {
      raw.end();
    }
  };
  const property = fc.asyncProperty(
    fc.array(stepsOf(known), { minLength: 1, maxLength: CONNECTIONS_AT_ONCE }),
    async (atOnce) => {
      await Promise.all(atOnce.map(one));
      const beganMs = performance.now();
      look.messages.length = 0;
      look.say('421["clock:sync",{}]');
      await look.until('the person who behaves is answered', () => look.acksOf(1).length > 0, ANSWER_MS_MAX);
      waits.push(performance.now() - beganMs);
      if (signal?.aborted) throw new Error('interrupted');
    },
  );
  const details = await fc.check(property, untilOver(seed, seconds));
  const broken = details.failed ? whatBroke(details) : undefined;
  if (look.closed) throw new Error('the person who behaves was let go');
  look.end();
  return {
    tried: `${connections} connections, ${steps} steps, ${closed} closed by the gateway`,
    people: people as TestPerson[],
    waits,
    ...(broken === undefined ? {} : { broken }),
  };
}

async function sceneOf(people: readonly TestPerson[]): Promise<Known> {
  const known: Known = { roomIds: [], packetIds: [] };
  for (const person of people.slice(0, 3)) {
    const roomId = await fundedRoom(person, people.slice(), FEN_EACH);
    known.roomIds.push(roomId);
    for (const gates of [undefined, [{ kind: 'password' as const, phrase: 'fuzz' }]]) {
      const packet = { roomId, kind: 'lucky' as const, amount: 100, count: 20, currency: 'CNY' };
      const { packetId } = await person.http.sendPacket(gates ? { ...packet, gates } : packet);
      known.packetIds.push(packetId);
    }
  }
  return known;
}
