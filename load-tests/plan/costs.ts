/**
 * Every cost that a plan is made of, with its unit. A value is either one that `npm run bench` printed or one that
 * `npm run plan -- --measure` found through the real code; there are no values here.
 *
 * CPU is user and system time of the process named first, in microseconds. `alone`: with nothing to share the call with.
 */
export const COSTS = {
  'gateway.turn': ['µs', 'one turn of the event loop for a grab that comes alone'],
  'gateway.win': ['µs', 'a grab that asks the store, from its frame to its ack, among many'],
  'gateway.soldOut': ['µs', 'a grab of a packet that is known to be sold out'],
  'gateway.push': ['µs', 'one event written to one socket'],
  'gateway.heard': ['µs', 'news of a settled claim whose winner is connected elsewhere'],
  'gateway.connect': ['µs', 'a socket that signs in'],
  'gateway.join': ['µs', 'a socket that joins its room'],
  'gateway.send': ['µs', 'a packet sent in a room and closed later, without its pushes'],
  'gateway.connectionBytes': ['bytes', 'resident memory for a connection'],
  'gateway.idleBytes': ['bytes', 'resident memory of a gateway without connections'],
  'redis.cycle': ['µs', 'one turn of the event loop with its append and sync, without its calls'],
  'redis.call': ['µs', 'one call of the grab script on a connection of its own, without its grabs'],
  'redis.win': ['µs', 'a winning grab within a call'],
  'redis.miss': ['µs', 'a sold-out grab within a call'],
  'redis.entry': ['µs', 'an outbox entry read and acknowledged, without its claims'],
  'redis.relayedClaim': ['µs', 'a claim within an outbox entry that is read'],
  'redis.callTime': ['µs', 'a call of one grab alone, from call to answer, with its fsync'],
  'redis.fsyncTime': ['µs', 'one fdatasync of a small append to this disk'],
  'redis.send': ['µs', 'a packet sent and closed, in all its roles: arming, jobs, pushes, and its one claim'],
  'redis.shareBytes': ['bytes', 'a share that is not taken'],
  'redis.claimBytes': ['bytes', 'a claim in its packet'],
  'redis.packetBytes': ['bytes', 'a small packet whose shares are taken, without its claims'],
  'redis.outboxBytes': ['bytes', 'a claim that waits in the outbox, alone in its entry'],
  'redis.grabBytesIn': ['bytes', 'to Redis for a winning grab alone in its call'],
  'redis.grabBytesOut': ['bytes', 'from Redis for a winning grab alone in its call'],
  'redis.relayBytes': ['bytes', 'both ways, for a claim read from the outbox and acknowledged'],
  'queue.job': ['µs', 'Redis of the queues: a settlement job from its adding to its end, without its claims'],
  'queue.claim': ['µs', 'Redis of the queues: a claim within a job'],
  'sockets.delivery': ['µs', 'Redis of the sockets: one message to one gateway'],
  'sockets.newsBytes': ['bytes', 'one gateway told of one settled claim'],
  'worker.job': ['µs', 'a settlement job, without its claims'],
  'worker.claim': ['µs', 'a claim within a job, from outbox to told'],
  'worker.send': ['µs', 'a packet dropped and closed'],
  'api.send': ['µs', 'a packet sent'],
  'api.join': ['µs', 'a person who connects and joins a room'],
  'postgres.transaction': ['µs', 'a settlement transaction, without its claims'],
  'postgres.claim': ['µs', 'a claim settled within a transaction'],
  'postgres.send': ['µs', 'a packet funded and closed, and its one claim'],
  'postgres.join': ['µs', 'a person who connects and joins a room'],
  'postgres.serialTime': [
    'µs',
    'of a transaction for each of its claims, in full transactions of one packet',
  ],
  'postgres.transactionTime': ['µs', 'a settlement transaction of one claim, with its COMMIT'],
  'postgres.walBytes': ['bytes', 'written to the log for a claim in a full transaction'],
  'postgres.rowBytes': ['bytes', 'on disk for a claim: its row, its transfer, a new wallet, their indexes'],
  'postgres.packetBytes': ['bytes', 'on disk for a funded packet'],
  'postgres.packetWalBytes': ['bytes', 'written to the log for a funded packet'],
  'postgres.wireBytes': ['bytes', 'both ways, for a claim in a full transaction'],
  'gateway.sendAlone': ['µs', 'as gateway.send, one after the other'],
  'worker.sendAlone': ['µs', 'as worker.send, one after the other'],
  'api.sendAlone': ['µs', 'as api.send, one after the other'],
  'redis.sendAlone': ['µs', 'as redis.send, one after the other'],
  'postgres.sendAlone': ['µs', 'as postgres.send, one after the other'],
  'gateway.base': ['µs', 'a second without load, with metrics read once in it'],
  'worker.base': ['µs', 'a second without load, with metrics read once in it'],
  'api.base': ['µs', 'a second without load, with metrics read once in it'],
  'redis.base': ['µs', 'a second without load, with metrics read once in it'],
  'postgres.base': ['µs', 'a second without load, with metrics read once in it'],
  'wire.grab': ['bytes', 'frame of a grab'],
  'wire.won': ['bytes', 'frame of the ack of a win'],
  'wire.empty': ['bytes', 'frame of the ack of a sold-out grab'],
  'wire.dropped': ['bytes', 'frame of packet:dropped'],
  'wire.progressed': ['bytes', 'frame of packet:progressed'],
  'wire.wallet': ['bytes', 'frame of wallet:changed'],
  'wire.closed': ['bytes', 'frame of packet:closed'],
} as const satisfies Record<string, readonly [unit: 'µs' | 'bytes', what: string]>;

export type CostName = keyof typeof COSTS;
export const COST_NAMES = Object.keys(COSTS) as CostName[];

/** In the unit of COSTS. */
export type Costs = Record<CostName, number>;

/** Where one value came from, for the reader: `probe` or the id of a benchmark. */
export interface MeasuredCost {
  value: number;
  unit: string;
  from: string;
}

export interface CostsFile {
  version: 1;
  measuredAt: string;
  commit: string;
  machine: { cpu: string; cores: number; memoryBytes: number; os: string };
  versions: Record<string, string>;
  costs: Record<CostName, MeasuredCost>;
}

export class CostsError extends Error {
  override name = 'CostsError';
}

/** Throws CostsError when anything that a plan needs is missing or no number. */
export function costsOf(file: CostsFile): Costs {
  const wrong = COST_NAMES.filter((name) => !(file.costs?.[name]?.value >= 0));
  if (wrong.length > 0)
    throw new CostsError(
      `the costs file lacks ${wrong.join(', ')}: measure them with npm run plan -- --measure`,
    );
  return Object.fromEntries(COST_NAMES.map((name) => [name, file.costs[name].value])) as Costs;
}
