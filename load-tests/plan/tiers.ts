import {
  gatewayBounds,
  gatewayBytes,
  gatewayCores,
  logBytes,
  masterBounds,
  messages,
  MICRO,
  newsBytes,
  postgresCores,
  queueCores,
  sendCores,
  storeBytes,
  storeUnits,
  workerCores,
} from './needs.ts';
import type { Bound, Load, Tier } from './shapes.ts';

const ONE_CORE = 'process of one core';

export const unitsOf = (bounds: readonly Bound[]) =>
  Math.max(1, ...bounds.map(({ units }) => Math.ceil(units - 1e-9)));

/** The larger of what the bounds take and one for each region. */
function sized(bounds: Bound[], regions: number): Pick<Tier, 'bounds' | 'count'> {
  return {
    bounds: [...bounds, { what: 'one a region', units: regions }],
    count: Math.max(regions, unitsOf(bounds)),
  };
}

export function tiersOf(load: Load, regions: number): Tier[] {
  return [gatewayTier(load, regions), ...redisTiers(load, regions), ...settlingTiers(load, regions)];
}

/** To all gateways of all regions together. */
const newsDelivered = (load: Load, regions: number) => (newsBytes(load) * load.gateways) / regions;

function gatewayTier(load: Load, regions: number): Tier {
  const { target, demand, costs, gateways } = load;
  const net = gatewayBytes(load);
  const hearing = gateways * (demand.settled / regions) * costs['gateway.heard'] * MICRO;
  return {
    ...{ name: 'gateways', unit: ONE_CORE, replicas: 0, ...sized(gatewayBounds(load), regions) },
    cores: gatewayCores(load) + hearing,
    memoryBytes: target.people * costs['gateway.connectionBytes'] + gateways * costs['gateway.idleBytes'],
    inBytesPerSecond: net.in + newsDelivered(load, regions),
    outBytesPerSecond: net.out,
  };
}

const relayBytes = ({ demand, costs }: Load) => demand.wins * costs['redis.relayBytes'];

function redisTiers(load: Load, regions: number): Tier[] {
  const { demand, firstMisses, costs, gateways } = load;
  const { replicas } = load.hardware;
  const asked = demand.wins + firstMisses;
  const storeIn = asked * costs['redis.grabBytesIn'];
  const one = { count: regions, bounds: [{ what: 'one a region' as const, units: regions }], memoryBytes: 0 };
  return [
    {
      ...{ name: 'packet Redis', unit: 'master', replicas, ...sized(masterBounds(load), regions) },
      cores: storeUnits(load) + sendCores(load),
      memoryBytes: storeBytes(load) * (1 + replicas),
      inBytesPerSecond: storeIn,
      outBytesPerSecond: asked * costs['redis.grabBytesOut'] + relayBytes(load) + storeIn * replicas,
    },
    {
      ...{ ...one, name: 'queue Redis', unit: 'master', replicas, cores: queueCores(load) },
      ...{ inBytesPerSecond: relayBytes(load), outBytesPerSecond: relayBytes(load) },
    },
    {
      ...{ ...one, name: 'socket Redis', unit: 'server', replicas: 0 },
      cores: (messages(load) * gateways * costs['sockets.delivery'] * MICRO) / regions,
      ...{ inBytesPerSecond: newsBytes(load), outBytesPerSecond: newsDelivered(load, regions) },
    },
  ];
}

function settlingTiers(load: Load, regions: number): Tier[] {
  const { target, demand, costs } = load;
  const { headroom, replicas, postgresCores: ofPrimary } = load.hardware;
  const cpu = (cores: number): Bound[] => [{ what: 'CPU', units: cores / headroom }];
  const settledBytes = demand.settled * costs['postgres.wireBytes'];
  const arriving = target.sends > 0 ? demand.arrivals * costs['api.join'] : 0;
  const apiCores = Math.max(target.sends * costs['api.send'], arriving) * MICRO;
  const quiet = { memoryBytes: 0, inBytesPerSecond: 0, outBytesPerSecond: 0 };
  return [
    {
      ...{ name: 'workers', unit: ONE_CORE, replicas: 0, ...sized(cpu(workerCores(load)), regions) },
      ...{ cores: workerCores(load), memoryBytes: 0 },
      ...{ inBytesPerSecond: relayBytes(load), outBytesPerSecond: settledBytes },
    },
    { ...quiet, name: 'api', unit: ONE_CORE, replicas: 0, ...sized(cpu(apiCores), regions), cores: apiCores },
    {
      ...{
        name: 'Postgres',
        unit: `primary of ${ofPrimary} cores`,
        replicas,
        count: regions,
        memoryBytes: 0,
      },
      ...{ bounds: [{ what: 'one a region', units: regions }], cores: postgresCores(load) },
      inBytesPerSecond: settledBytes,
      outBytesPerSecond: logBytes(load) * replicas,
    },
  ];
}
