import type { Target } from './demand.ts';
import { ASSUMED, DESIGN } from './design.ts';
import type { Bound, Load } from './shapes.ts';

export const MICRO = 1e-6;

/** Cores that gateways are busy with in the busiest second. */
export function gatewayCores({
  target,
  demand,
  firstMisses,
  costs,
}: Omit<Load, 'gateways' | 'hardware'>): number {
  const store = (demand.wins + firstMisses) * costs['gateway.win'];
  const memory = (demand.misses - firstMisses) * costs['gateway.soldOut'];
  const pushes = demand.pushes * costs['gateway.push'];
  return (store + memory + pushes + target.sends * costs['gateway.send']) * MICRO;
}

export function gatewayBounds(load: Omit<Load, 'gateways'>): Bound[] {
  const { target, demand, hardware, costs } = load;
  // What it hears of people elsewhere is kept free, whatever the number of regions makes of it.
  const core = hardware.headroom - ASSUMED.hearingShare;
  const memory = hardware.gatewayMemoryBytes * ASSUMED.gatewayMemoryUse - costs['gateway.idleBytes'];
  const arrival = costs['gateway.connect'] + (target.sends > 0 ? costs['gateway.join'] : 0);
  const net = gatewayBytes(load);
  const nic = (hardware.nicBytesPerSecond * hardware.headroom) / hardware.coresPerMachine;
  return [
    { what: 'CPU', units: gatewayCores(load) / core },
    { what: 'memory', units: (target.people * costs['gateway.connectionBytes']) / memory },
    { what: 'network', units: Math.max(net.in, net.out) / nic },
    { what: 'arrivals', units: (demand.arrivals * arrival * MICRO) / core },
    { what: 'drop push', units: (demand.dropPushes * costs['gateway.push'] * MICRO) / core },
  ];
}

export function gatewayBytes({ target, demand, firstMisses, costs }: Omit<Load, 'gateways'>): {
  in: number;
  out: number;
} {
  const framed = (
    name: `wire.${'grab' | 'won' | 'empty' | 'dropped' | 'progressed' | 'wallet' | 'closed'}`,
  ) => costs[name] + ASSUMED.framingBytes;
  const store = demand.wins + firstMisses;
  const rooms = target.sends * target.audience;
  const told = rooms * (framed('wire.dropped') + framed('wire.closed'));
  const progress = (demand.pushes - demand.wins - 2 * rooms) * framed('wire.progressed');
  const acks = demand.wins * framed('wire.won') + demand.misses * framed('wire.empty');
  const drop = demand.dropPushes * framed('wire.dropped');
  return {
    in: demand.grabs * framed('wire.grab') + store * costs['redis.grabBytesOut'],
    out:
      Math.max(drop, acks + told + progress + demand.wins * framed('wire.wallet')) +
      store * costs['redis.grabBytesIn'],
  };
}

/**
 * Grabs a second that one master takes with turns of `cycleMsMax`: each turn costs its sync, each gateway that asks in it a
 * call, each grab its own. The more gateways, the fewer of their grabs share a call.
 */
export function storeCapacity({ demand, firstMisses, gateways, costs }: Load): number {
  const turnUs = ASSUMED.cycleMsMax * 1_000;
  const store = demand.wins + firstMisses || 1;
  const winning = demand.wins / store;
  const grabUs =
    winning * (costs['redis.win'] + costs['redis.relayedClaim']) + (1 - winning) * costs['redis.miss'];
  const callUs = costs['redis.call'] + winning * costs['redis.entry'];
  const free = turnUs - costs['redis.cycle'] - costs['redis.fsyncTime'];
  let [low, high] = [0, free / grabUs];
  for (let step = 0; step < 50; step += 1) {
    const grabs = (low + high) / 2;
    const calls = gateways * (1 - Math.exp(-grabs / gateways));
    if (calls * callUs + grabs * grabUs > free) high = grabs;
    else low = grabs;
  }
  return (low * 1e6) / turnUs;
}

export function masterBounds(load: Load): Bound[] {
  const { demand, firstMisses, hardware, costs } = load;
  const store = demand.wins + firstMisses;
  const nic = hardware.nicBytesPerSecond * hardware.headroom;
  const out = store * costs['redis.grabBytesOut'] + demand.wins * costs['redis.relayBytes'];
  const into = store * costs['redis.grabBytesIn'];
  return [
    // A miss costs less than a win; at the capacity of wins and at that of all of them, whichever takes more.
    {
      what: 'CPU',
      units: storeUnits(load) / hardware.headroom + sendCores(load) / hardware.headroom,
    },
    { what: 'memory', units: storeBytes(load) / (hardware.redisMemoryBytes * ASSUMED.redisMemoryUse) },
    { what: 'network', units: Math.max(out, into * (1 + hardware.replicas)) / nic },
  ];
}

/** Packets sent: what Redis does for them in all its roles, without the jobs, which the Redis of the queues bears. */
export const sendCores = ({ target, costs }: Pick<Load, 'target' | 'costs'>) =>
  target.sends * Math.max(0, costs['redis.send'] - DESIGN.jobsPerPacket * costs['queue.job']) * MICRO;

export function storeUnits(load: Load): number {
  const onlyWins = { ...load, firstMisses: 0 };
  return Math.max(
    load.demand.wins / storeCapacity(onlyWins),
    (load.demand.wins + load.firstMisses) / storeCapacity(load),
  );
}

/** To the log of all primaries. */
export const logBytes = ({ demand, target, costs }: Load) =>
  demand.settled * costs['postgres.walBytes'] + target.sends * costs['postgres.packetWalBytes'];

/** Shares and claims at their most, and what the outbox holds of a settlement that is as late as it may be. */
export function storeBytes({ target, demand, costs }: Load): number {
  const late = demand.wins * target.settleSeconds * costs['redis.outboxBytes'];
  const packets = packetsOf(target) * costs['redis.packetBytes'];
  return target.shares * (costs['redis.shareBytes'] + costs['redis.claimBytes']) + packets + late;
}

/** Packets that the shares belong to. */
export const packetsOf = ({ sends, shares, sharesPerPacket, packets }: Target) =>
  sends > 0 ? shares / sharesPerPacket : packets;

/** What comes while the relay gathers for as long as it may, up to what it aims at. */
export const claimsPerJob = ({ demand }: Load) =>
  Math.max(1, Math.min(DESIGN.claimsPerRead, (demand.settled * DESIGN.gatherMs.max) / 1_000));

export const queueCores = (load: Load) =>
  (load.demand.settled * (load.costs['queue.job'] / claimsPerJob(load) + load.costs['queue.claim']) +
    load.target.sends * DESIGN.jobsPerPacket * load.costs['queue.job']) *
  MICRO;

export const workerCores = (load: Load) =>
  (load.demand.settled * (load.costs['worker.job'] / claimsPerJob(load) + load.costs['worker.claim']) +
    load.target.sends * load.costs['worker.send']) *
  MICRO;

export function postgresCores(load: Load): number {
  const { demand, target, costs } = load;
  const settling =
    demand.settled * (costs['postgres.transaction'] / claimsPerJob(load) + costs['postgres.claim']);
  const arriving = target.sends > 0 ? demand.arrivals * costs['postgres.join'] : 0;
  return Math.max(settling + target.sends * costs['postgres.send'], arriving) * MICRO;
}

/** Of settlement jobs and of progress, each told to every gateway of a region. */
export const newsBytes = ({ demand, costs }: Load) => demand.settled * costs['sockets.newsBytes'];
export const messages = (load: Load) =>
  (2 * load.demand.settled) / claimsPerJob(load) + 3 * load.target.sends;
