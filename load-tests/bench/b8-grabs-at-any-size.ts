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
import { compared, inTurns, scaled, type BenchContext, type Measurement } from './measurement.js';

const SMALL = 100;
const OPEN_PACKETS = 1_000;
const LARGE = 1_000_000;
/** Still over partitions. */
const LARGE_MIN = 200_000;
const WITHIN = 0.15;
/** Each turn grabs so many of each; short turns, so that what else the machine does weighs on all alike. */
const GRABS_PER_TURN = 5_000;
/** As many as inTurns makes, with the one that does not count. */
const grabsIn = ({ rounds }: BenchContext) => GRABS_PER_TURN * (rounds + 1);

type Calls = ReturnType<typeof callsOn>;
type Turn = () => Promise<number>;

/**
 * B8: what a winning grab costs Redis, 100 to a call, with 1,000 open packets against 1; of a packet of 1,000,000 shares
 * against packets of 100; and the millionth claim against the first.
 */
export async function benchB8(context: BenchContext): Promise<Measurement[]> {
  const large = scaled(context, LARGE, LARGE_MIN);
  return [
    ...(await withBareStore((bare) => compareSizes(context, bare, large))),
    ...(await withBareStore((bare) => compareFirstAndLast(context, bare, large))),
  ];
}

async function compareSizes(
  context: BenchContext,
  bare: BareStore,
  largeCount: number,
): Promise<Measurement[]> {
  const { store } = bare;
  const grabs = grabsIn(context);
  const small: ArmedPacket[] = [];
  for (let k = 0; k < OPEN_PACKETS; k += 1) small.push(await armPacket(store, SMALL));
  // Whole: with as many shares as the thousand packets have.
  const [whole, large] = [await armPacket(store, OPEN_PACKETS * SMALL), await armPacket(store, largeCount)];
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
  const [ofMany, ofOne, ofLarge] = await inTurns(context, [
    onSmall,
    await turnsOn(bare, whole, callsOn(whole, grabs, 'user-')),
    await turnsOn(bare, large, callsInOrder(large, grabs)),
  ]);
  return [
    line(`a grab with ${OPEN_PACKETS} open packets`, 'on one of as many shares', ofMany!, ofOne!),
    line(`a grab on ${largeCount} shares, over partitions`, `on packets of ${SMALL}`, ofLarge!, ofMany!),
  ];
}

async function compareFirstAndLast(
  context: BenchContext,
  bare: BareStore,
  large: number,
): Promise<Measurement[]> {
  const { store } = bare;
  const grabs = grabsIn(context);
  const [full, fresh] = [await armPacket(store, large), await armPacket(store, large)];
  // The same number of users for each partition, so that each is filled to its last share.
  const all = callsInOrder(full, large);
  const before = (large - grabs) / GRABS_PER_CALL;
  context.progress(`${large - grabs} claims beforehand`);
  await grabAll(store, full, all.slice(0, before), await roundOf(store, full));
  const [lastCost, firstCost] = await inTurns(context, [
    await turnsOn(bare, full, all.slice(before)),
    await turnsOn(bare, fresh, callsInOrder(fresh, grabs)),
  ]);
  return [line(`the last ${grabs} claims of ${large}`, 'the first', lastCost!, firstCost!)];
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
  return compared({ atMost: 1 + WITHIN }, { id: 'B8', work, against, unit: 'µs', value, bare });
}
