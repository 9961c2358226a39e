import type { Costs } from './costs.ts';
import { demandOf, firstMissesOf, type Target } from './demand.ts';
import { ASSUMED, DESIGN } from './design.ts';
import {
  claimsPerJob,
  gatewayBounds,
  logBytes,
  masterBounds,
  messages,
  MICRO,
  newsBytes,
  packetsOf,
  postgresCores,
  queueCores,
  storeCapacity,
} from './needs.ts';
import type { Hardware, Load, Plan, Tier, Wall } from './shapes.ts';
import { tiersOf, unitsOf } from './tiers.ts';

const TURNS_MAX = 60;

/** Everything counted up to whole units; the same or more of each for more of anything in the target (test). */
export function planOf(target: Target, hardware: Hardware, costs: Costs): Plan {
  const demand = demandOf(target);
  const callSeconds = costs['redis.callTime'] / 1e6;
  // More gateways ask about the end of a packet, which takes more gateways. From below it rises to the least that will do.
  let [gateways, masters, firstMisses] = [1, 1, 0];
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const of = {
      gateways,
      partitions: partitionsOf(target, masters),
      audience: target.audience,
      callSeconds,
    };
    firstMisses = Math.max(firstMisses, firstMissesOf(demand, of));
    const nextGateways = unitsOf(gatewayBounds({ target, demand, firstMisses, hardware, costs }));
    const nextMasters = unitsOf(
      masterBounds({ target, demand, firstMisses, gateways: nextGateways, hardware, costs }),
    );
    if (nextGateways === gateways && nextMasters === masters) break;
    [gateways, masters] = [Math.max(gateways, nextGateways), Math.max(masters, nextMasters)];
  }
  const load: Load = { target, demand, firstMisses, gateways, hardware, costs };
  const walls = wallsOf(load, masters);
  const needed = Math.max(1, ...walls.map(({ regions }) => Math.ceil(regions)));
  const regions = hardware.regions ?? needed;
  const tiers = tiersOf(load, regions);
  const capacity = storeCapacity(load);
  const logBytesPerSecond = logBytes(load);
  const { shares } = target;
  const packets = packetsOf(target);
  return {
    ...{ target, hardware, demand, firstMisses, regions, tiers, walls },
    ...{
      storeGrabsPerMaster: capacity,
      claimsPerJob: Math.round(claimsPerJob(load)),
      machines: machinesOf(tiers, hardware),
    },
    disk: {
      rowBytes: shares * costs['postgres.rowBytes'] + packets * costs['postgres.packetBytes'],
      logBytes: shares * costs['postgres.walBytes'] + packets * costs['postgres.packetWalBytes'],
      logBytesPerSecond,
    },
  };
}

/** Of each packet. */
function partitionsOf({ sends, shares, packets }: Target, masters: number): number {
  if (sends > 0) return 1;
  return Math.min(
    masters,
    DESIGN.slots,
    Math.max(1, Math.ceil(shares / packets / DESIGN.sharesPerPartition)),
  );
}

function wallsOf(load: Load, masters: number): Wall[] {
  const { demand, hardware, costs, gateways } = load;
  const { headroom } = hardware;
  const squared = (need: number, has: number) => Math.sqrt((need * gateways) / has);
  // Transactions of one packet take turns on its row, whatever the number of workers.
  const serial =
    (demand.settled * costs['postgres.serialTime'] * MICRO) / headroom / Math.max(1, demand.open);
  return [
    { what: `${DESIGN.slots} slots for packets: masters`, regions: masters / DESIGN.slots, exact: true },
    {
      what: 'news of each claim to each gateway: network of the socket Redis',
      regions: squared(newsBytes(load), hardware.nicBytesPerSecond * headroom),
    },
    {
      what: 'news of each claim to each gateway: CPU of the socket Redis',
      regions: squared(messages(load) * costs['sockets.delivery'] * MICRO, headroom),
    },
    {
      what: 'news of each claim to each gateway: CPU of a gateway',
      regions: (demand.settled * costs['gateway.heard'] * MICRO) / ASSUMED.hearingShare,
    },
    { what: 'one Redis for the queues: CPU', regions: queueCores(load) / headroom },
    {
      what: `one Postgres primary of ${hardware.postgresCores} cores: CPU`,
      regions: postgresCores(load) / (hardware.postgresCores * headroom),
    },
    {
      what: 'one Postgres primary: log to disk',
      regions: logBytes(load) / (hardware.postgresLogBytesPerSecond * headroom),
    },
    { what: 'settlement of a packet: one transaction at a time (more --packets help too)', regions: serial },
  ];
}

/** By cores; memory of gateways and Redis is within what a core of a machine has, or takes more of them. */
function machinesOf(
  tiers: readonly Tier[],
  {
    coresPerMachine,
    memoryPerMachineBytes,
    gatewayMemoryBytes,
    redisMemoryBytes,
    postgresCores: ofPostgres,
  }: Hardware,
): number {
  const needs = tiers.map(({ name, count, replicas }) => {
    const all = count * (1 + replicas);
    const cores = name === 'Postgres' ? ofPostgres : 1;
    const memory = name === 'gateways' ? gatewayMemoryBytes : name === 'packet Redis' ? redisMemoryBytes : 0;
    return { cores: all * cores, memory: all * memory };
  });
  const cores = needs.reduce((sum, need) => sum + need.cores, 0);
  const memory = needs.reduce((sum, need) => sum + need.memory, 0);
  return Math.ceil(Math.max(cores / coresPerMachine, memory / memoryPerMachineBytes));
}

/** What only regions help, as multiples of the peak at which the plan's regions are full. */
export function tiersWalls({ walls, regions, hardware: { headroom } }: Plan): { what: string; at: number }[] {
  return walls
    .filter((wall) => wall.regions > 0)
    .map((wall) => ({ what: wall.what, at: (wall.exact ? 1 : 1 / headroom) * (regions / wall.regions) }));
}
