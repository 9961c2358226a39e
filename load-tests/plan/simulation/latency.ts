import { Chance } from '../../lib/chance.ts';
import { breaksOf } from '../breaks.ts';
import type { Costs } from '../costs.ts';
import { DESIGN } from '../design.ts';
import { gatewayCores } from '../needs.ts';
import type { Plan } from '../shapes.ts';
import { Machine } from './machine.ts';
import { quantilesMs } from './quantiles.ts';
import { Line, Server } from './server.ts';

export interface LatencyPoint {
  /** Of the planned peak. */
  load: number;
  /** Milliseconds from a grab's frame at the gateway to its ack; undefined: the store can't follow, and it only grows. */
  won: { p50: number; p99: number; p999: number } | undefined;
  soldOut: { p50: number; p99: number; p999: number } | undefined;
  /** Of the grabs that ask the store, answered `busy` because too many wait. */
  busyShare: number;
}

const LOADS_TO_PEAK = [0.2, 0.4, 0.6, 0.8, 1];
const LOADS_BEYOND = 5;
/** Up to so much more than what fills a gateway or a master, whichever is first. */
const BEYOND_FULL = 1.3;
const FULL_MIN = 1.2;
const SEED = 20_150_218;
const STORE_GRABS = 15_000;
const GATEWAY_GRABS = 20_000;
const GATEWAY_GRABS_MAX = 80_000;
const WON_MIN = 800;
/** Of what came in a run, still waiting at its end: more than this, and it could not follow. */
const BACKLOG_SHARE = 0.1;
/** More lines than this rarely have two grabs in one call: each grab is a call of its own then. */
const LINES_MAX = 400;
const WARM_SHARE = 0.1;
const READ_SHARE = 0.5;
/** Sockets of one room of people that are on one gateway, when there are many gateways. */
const ROOM_SOCKETS = 1;

/** The plan's gateway and its master at shares of the peak: open arrivals, Poisson, whatever was answered before. */
export function latencyOf(plan: Plan, costs: Costs): LatencyPoint[] {
  return loadsOf(plan).map((load) => {
    const store = storeTimes(plan, costs, load);
    if (store.over)
      return { load, won: undefined, soldOut: gatewayTimes(plan, costs, load, [0]).soldOut, busyShare: 1 };
    const { won, soldOut } = gatewayTimes(plan, costs, load, store.timesUs);
    return { load, won, soldOut, busyShare: store.busyShare };
  });
}

/** Shares of the peak, evenly up to it and evenly from there to saturation. */
function loadsOf(plan: Plan): number[] {
  const simulated = breaksOf(plan).filter(({ what }) => /^(gateways|packet Redis): CPU$/.test(what));
  const full = Math.max(FULL_MIN, Math.min(...simulated.map(({ at }) => at)));
  const step = (BEYOND_FULL * full - 1) / LOADS_BEYOND;
  const beyond = Array.from({ length: LOADS_BEYOND }, (_, k) => 1 + (k + 1) * step);
  return [...LOADS_TO_PEAK, ...beyond.map((load) => Number(load.toPrecision(2)))];
}

const countOf = (plan: Plan, name: string) => plan.tiers.find((tier) => tier.name === name)!.count;

/** One master with the lines of its gateways: microseconds from a grab's joining its line to the answer. */
function storeTimes(plan: Plan, costs: Costs, load: number) {
  const { demand, firstMisses } = plan;
  const store = demand.wins + firstMisses;
  const perSecond = (store * load) / countOf(plan, 'packet Redis');
  const lines = Math.max(1, Math.round(countOf(plan, 'gateways') / plan.regions));
  const winning = store > 0 ? demand.wins / store : 1;
  const grabUs =
    winning * (costs['redis.win'] + costs['redis.relayedClaim']) + (1 - winning) * costs['redis.miss'];
  const callUs = costs['redis.call'] + winning * costs['redis.entry'];
  const machine = new Machine();
  const chance = new Chance(SEED, Math.round(load * 100));
  const redis = new Server(machine, { turnUs: costs['redis.cycle'], syncUs: costs['redis.fsyncTime'] });
  const timesUs: number[] = [];
  const call = (grabs: number[], answered: () => void) =>
    redis.submit(callUs + grabs.length * grabUs, () => {
      for (const atUs of grabs) timesUs.push(machine.nowUs - atUs);
      answered();
    });
  const own = Array.from(
    { length: Math.min(lines, LINES_MAX) },
    () => new Line(DESIGN.grabsPerCallMax, call),
  );
  const waitingMax = DESIGN.grabsWaitingMax / Math.max(1, countOf(plan, 'packet Redis') / plan.regions);
  let [came, busy] = [0, 0];
  const arrive = () => {
    came += 1;
    if (lines > LINES_MAX) call([machine.nowUs], () => undefined);
    else {
      const line = own[chance.below(own.length)]!;
      if (line.length >= waitingMax) busy += 1;
      else line.add(machine.nowUs);
    }
    if (came < STORE_GRABS) machine.in(chance.exponential(1e6 / perSecond), arrive);
  };
  arrive();
  machine.run(() => came >= STORE_GRABS);
  const over = came - busy - timesUs.length > BACKLOG_SHARE * came;
  return { over, busyShare: busy / came, timesUs: timesUs.slice(Math.floor(timesUs.length * WARM_SHARE)) };
}

/** One gateway with its part of everything; what its calls take is drawn from `callsUs`. */
function gatewayTimes(plan: Plan, costs: Costs, load: number, callsUs: readonly number[]) {
  const { demand, firstMisses } = plan;
  const gateways = countOf(plan, 'gateways');
  const per = (rate: number) => (rate * load) / gateways;
  const storeRate = per(demand.wins + firstMisses);
  const memoryRate = per(demand.misses - firstMisses);
  const rate = storeRate + memoryRate;
  const machine = new Machine();
  const chance = new Chance(SEED, Math.round(load * 100), 1);
  const gateway = new Server(machine, { turnUs: costs['gateway.turn'] / 2 });
  const [won, soldOut]: [number[], number[]] = [[], []];
  const wanted = Math.min(GATEWAY_GRABS_MAX, Math.max(GATEWAY_GRABS, (WON_MIN * rate) / storeRate));
  pushesOf(plan, costs, load, { machine, gateway, chance });
  let came = 0;
  const arrive = () => {
    came += 1;
    const atUs = machine.nowUs;
    if (chance.next() * rate < storeRate) {
      const half = costs['gateway.win'] * READ_SHARE;
      gateway.submit(half, () =>
        machine.in(callsUs[chance.below(callsUs.length)]!, () =>
          gateway.submit(half, () => won.push(machine.nowUs - atUs)),
        ),
      );
    } else gateway.submit(costs['gateway.soldOut'], () => soldOut.push(machine.nowUs - atUs));
    if (came < wanted) machine.in(chance.exponential(1e6 / rate), arrive);
  };
  arrive();
  machine.run(() => came >= wanted);
  const isOver = came - won.length - soldOut.length > BACKLOG_SHARE * came;
  const times = (timesUs: number[]) => (isOver || timesUs.length === 0 ? undefined : quantilesMs(timesUs));
  return { won: times(won), soldOut: times(soldOut) };
}

/** What a gateway does beside grabs: wallets one by one, and broadcasts, each of which holds up all that comes meanwhile. */
function pushesOf(
  plan: Plan,
  costs: Costs,
  load: number,
  { machine, gateway, chance }: { machine: Machine; gateway: Server; chance: Chance },
): void {
  const { demand, target } = plan;
  const gateways = countOf(plan, 'gateways');
  const repeat = (everyUs: () => number, costUs: number) => {
    const again = () => {
      gateway.submit(costUs, () => undefined);
      machine.in(everyUs(), again);
    };
    machine.in(chance.next() * everyUs(), again);
  };
  const single = ((demand.wins + (target.sends > 0 ? demand.pushes - demand.wins : 0)) * load) / gateways;
  if (single > 0) repeat(() => chance.exponential(1e6 / single), ROOM_SOCKETS * costs['gateway.push']);
  const heard = (demand.settled * load) / plan.regions;
  const message = plan.claimsPerJob;
  if (heard > 0) repeat(() => chance.exponential((1e6 * message) / heard), message * costs['gateway.heard']);
  if (target.sends === 0 && target.progressPerSecond > 0) {
    const sockets = Math.min(target.people, target.audience) / gateways;
    repeat(() => 1e6 / target.progressPerSecond, sockets * costs['gateway.push']);
  }
}

/** For the reader: what a gateway is busy with at the peak. */
export function gatewayShares(plan: Plan, costs: Costs): { what: string; share: number }[] {
  const { demand, firstMisses, target } = plan;
  const all = gatewayCores({ target, demand, firstMisses, costs });
  const part = (what: string, cores: number) => ({ what, share: cores / 1e6 / all });
  return [
    part('pushes', demand.pushes * costs['gateway.push']),
    part('sold-out grabs', (demand.misses - firstMisses) * costs['gateway.soldOut']),
    part('grabs that ask the store', (demand.wins + firstMisses) * costs['gateway.win']),
    part('packets sent', target.sends * costs['gateway.send']),
  ].toSorted((a, b) => b.share - a.share);
}
