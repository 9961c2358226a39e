import type { Costs } from './costs.ts';
import type { Demand, Target } from './demand.ts';

/** What there is to build from. */
export interface Hardware {
  coresPerMachine: number;
  memoryPerMachineBytes: number;
  nicBytesPerSecond: number;
  gatewayMemoryBytes: number;
  redisMemoryBytes: number;
  postgresCores: number;
  /** Sequential writes of the log's disk. */
  postgresLogBytesPerSecond: number;
  replicas: number;
  /** Of each core, network and disk, at the peak. */
  headroom: number;
  /** Whole deployments that share nothing; undefined: as few as will do. */
  regions?: number | undefined;
}

/** One thing that a tier needs: `need / perUnit` of them, and the largest such bound counts. */
export interface Bound {
  what: 'CPU' | 'memory' | 'network' | 'disk' | 'arrivals' | 'drop push' | 'one a region';
  /** Units that this alone would take, before rounding, with margins. */
  units: number;
}

export interface Tier {
  name: string;
  unit: string;
  count: number;
  /** Further copies of each, which take no load. */
  replicas: number;
  bounds: Bound[];
  /** Cores busy in all of them at the peak. */
  cores: number;
  memoryBytes: number;
  inBytesPerSecond: number;
  outBytesPerSecond: number;
}

/** Something that more processes do not help: only another region does. */
export interface Wall {
  what: string;
  /** Regions that this alone takes, before rounding, with margins. */
  regions: number;
  /** It has no margin in it. */
  exact?: boolean;
}

export interface Plan {
  target: Target;
  hardware: Hardware;
  demand: Demand;
  firstMisses: number;
  regions: number;
  tiers: Tier[];
  walls: Wall[];
  storeGrabsPerMaster: number;
  claimsPerJob: number;
  disk: { rowBytes: number; logBytes: number; logBytesPerSecond: number };
  machines: number;
}

/** What the sizes of parts follow from. */
export interface Load {
  target: Target;
  demand: Demand;
  firstMisses: number;
  gateways: number;
  hardware: Hardware;
  costs: Costs;
}
