import { inTurns, ROUNDS, type Measurement } from './measurement.js';
import {
  armPacket,
  callsOn,
  grabAll,
  GRABS_PER_CALL,
  redisCpuMicros,
  roundOf,
  withBareStore,
  type ArmedPacket,
  type BareStore,
} from './bare-store.js';

const SMALL = 100;
const OPEN_PACKETS = 1_000;
const LARGE = 1_000_000;
const WITHIN = 0.15;
/** Each turn grabs so many of each; short turns, so that what else the machine does weighs on all alike. */
const GRABS_PER_TURN = 5_000;
/** As many as inTurns makes, with the one that does not count. */
const GRABS = GRABS_PER_TURN * (ROUNDS + 1);

type Calls = ReturnType<typeof callsOn>;
type Turn = () => Promise<number>;

/**
 * B8: what a winning grab costs Redis, 100 to a call, with 1,000 open packets against 1; of a packet of 1,000,000 shares
 * against packets of 100; and the millionth claim against the first.
 */
export async function benchB8(): Promise<Measurement[]> {
  return [...(await withBareStore(compareSizes)), ...(await withBareStore(compareFirstAndLast))];
}

async function compareSizes(bare: BareStore): Promise<Measurement[]> {
  const { store } = bare;
  const small: ArmedPacket[] = [];
  for (let k = 0; k < OPEN_PACKETS; k += 1) small.push(await armPacket(store, SMALL));
  // Whole: with as many shares as the thousand packets have.
  const [whole, large] = [await armPacket(store, OPEN_PACKETS * SMALL), await armPacket(store, LARGE)];
  const perTurn = GRABS_PER_TURN / SMALL;
  let turns = 0;
  const onSmall: Turn = async () => {
    const some = small.slice(turns * perTurn, (turns += 1) * perTurn);
    const calls = some.map((packet) => callsOn(packet, SMALL, 'user-'));
    const grab = async () => {
      for (const [k, packet] of some.entries()) await grabAll(store, packet, calls[k]!);
    };
    return (await redisCpuMicros(bare.client, grab)) / GRABS_PER_TURN;
  };
  const [ofMany, ofOne, ofLarge] = await inTurns([
    onSmall,
    await turnsOn(bare, whole, callsOn(whole, GRABS, 'user-')),
    await turnsOn(bare, large, callsInOrder(large, GRABS)),
  ]);
  return [
    line(`a grab with ${OPEN_PACKETS} open packets`, 'on one of as many shares', ofMany!, ofOne!),
    line(`a grab on ${LARGE} shares, over partitions`, `on packets of ${SMALL}`, ofLarge!, ofMany!),
  ];
}

async function compareFirstAndLast(bare: BareStore): Promise<Measurement[]> {
  const { store } = bare;
  const [full, fresh] = [await armPacket(store, LARGE), await armPacket(store, LARGE)];
  // The same number of users for each partition, so that each is filled to its last share.
  const all = callsInOrder(full, LARGE);
  const before = (LARGE - GRABS) / GRABS_PER_CALL;
  await grabAll(store, full, all.slice(0, before), await roundOf(store, full));
  const [lastCost, firstCost] = await inTurns([
    await turnsOn(bare, full, all.slice(before)),
    await turnsOn(bare, fresh, callsInOrder(fresh, GRABS)),
  ]);
  return [line(`the last ${GRABS} claims of ${LARGE}`, 'the first', lastCost!, firstCost!)];
}

/** Each time the next GRABS_PER_TURN of these calls; gives microseconds of Redis's CPU for one grab. */
async function turnsOn({ client, store }: BareStore, packet: ArmedPacket, calls: Calls): Promise<Turn> {
  const round = packet.terms.partitions ? await roundOf(store, packet) : undefined;
  const perTurn = GRABS_PER_TURN / GRABS_PER_CALL;
  let done = 0;
  return async () => {
    const some = calls.slice(done, (done += perTurn));
    return (await redisCpuMicros(client, () => grabAll(store, packet, some, round))) / GRABS_PER_TURN;
  };
}

/** So that the partitions take turns, as they do when users come as they come. */
function callsInOrder(packet: ArmedPacket, grabs: number): Calls {
  return callsOn(packet, grabs, 'user-').toSorted((a, b) => nthOf(a) - nthOf(b));
}

/** The user that completes a call. */
const nthOf = (call: { userId: string }[]): number => Number(call.at(-1)!.userId.slice('user-'.length));

function line(work: string, against: string, value: number, bare: number): Measurement {
  const ratio = value / bare;
  return {
    ...{ id: 'B8', work, against, unit: 'µs of Redis CPU', goal: `≤ ${1 + WITHIN}` },
    ...{ value: Number(value.toFixed(2)), bare: Number(bare.toFixed(2)), ratio: Number(ratio.toFixed(2)) },
    met: ratio <= 1 + WITHIN,
  };
}
