import { Chance } from '../../lib/chance.ts';
import type { Costs } from '../costs.ts';
import { DESIGN } from '../design.ts';
import { Machine } from './machine.ts';
import { quantilesMs } from './quantiles.ts';
import { Line, Server } from './server.ts';

/** The load that is played, and who plays it: on the machine that it loads, it takes of the same cores. */
export interface SharedLoad {
  cores: number;
  /** Members of a room, and grabs of each packet. */
  members: number;
  reactionMs: { min: number; mean: number };
  /** CPU of the load generator for each frame that it sends or reads. */
  frameUs: number;
  seed: number;
}

export interface SharedRun {
  p50: number;
  p99: number;
  p999: number;
  /** Of the machine. */
  cpuShare: number;
  /** Cores by process. */
  used: Record<string, number>;
}

const WARM_SECONDS = 2;
/** Of the CPU of a grab, to read it; the rest writes its ack. Half a packet's cost is for its close. */
const HALF = 0.5;

interface Packet {
  left: number;
  hushed: boolean;
  news: boolean;
  line: Line<Tap>;
}
interface Tap {
  packet: Packet;
  dueUs: number;
}

/** The whole service and its load on one machine, packet after packet, at a steady rate of grabs. */
export class SharedMachine {
  private readonly machine: Machine;
  private readonly chance: Chance;
  private readonly servers;
  private readonly relay: Line<Packet>;
  private readonly jobs: { packets: Packet[] }[] = [];
  private transactions = 0;
  private gatherMs: number = DESIGN.gatherMs.max;
  private readonly transactionsAtOnce: number;
  private readonly timesUs: number[] = [];
  private readonly bySecond: number[][] = [];

  constructor(
    private readonly costs: Costs,
    private readonly load: SharedLoad,
  ) {
    const machine = (this.machine = new Machine(load.cores));
    this.chance = new Chance(load.seed);
    const syncUs = costs['redis.fsyncTime'];
    this.servers = {
      k6: new Server(machine),
      gateway: new Server(machine, { turnUs: costs['gateway.turn'] / 2 }),
      redis: new Server(machine, { turnUs: costs['redis.cycle'], syncUs }),
      worker: new Server(machine, { perTurnMax: 1 }),
      api: new Server(machine, { perTurnMax: 1 }),
      postgres: new Server(machine, { perTurnMax: 1, turnsAtOnce: DESIGN.transactionsAtOnce + 2, syncUs }),
    };
    this.relay = new Line(DESIGN.claimsPerJobMax, (packets, answered) => this.handOn(packets, answered));
    this.transactionsAtOnce = load.cores > 2 ? DESIGN.transactionsAtOnce : 1;
  }

  /** Milliseconds from the instant at which a tap was due, to its answer read by the load generator. */
  run(grabsPerSecond: number, seconds: number): SharedRun {
    const { machine, load } = this;
    this.play(() => grabsPerSecond, WARM_SECONDS + seconds);
    const used = Object.fromEntries(
      Object.entries(this.servers).map(([name, { usedUs }]) => [name, usedUs / machine.nowUs]),
    );
    const cpuShare = Object.values(used).reduce((sum, cores) => sum + cores, 0) / load.cores;
    return { ...quantilesMs(this.timesUs), cpuShare, used };
  }

  /** A load that rises: p99 of the taps that were due in each second, in milliseconds. */
  rise(grabsPerSecond: (second: number) => number, seconds: number): number[] {
    this.play(grabsPerSecond, seconds);
    return Array.from({ length: seconds }, (_, second) => quantilesMs(this.bySecond[second] ?? []).p99);
  }

  private play(grabsPerSecond: (second: number) => number, seconds: number): void {
    const { machine, load, chance } = this;
    const sendLater = () => {
      const everyUs = (1e6 * load.members) / grabsPerSecond(machine.nowUs / 1e6);
      machine.in(chance.exponential(everyUs), () => {
        this.send();
        sendLater();
      });
    };
    sendLater();
    this.watch();
    machine.run(() => machine.nowUs >= seconds * 1e6);
  }

  /** What goes on without any load, once a second. */
  private watch(): void {
    const { machine, servers, costs } = this;
    for (const name of ['gateway', 'worker', 'api', 'redis', 'postgres'] as const)
      servers[name].submit(costs[`${name}.base`], () => undefined);
    machine.in(1e6, () => this.watch());
  }

  /** Funded, armed, told, and then grabbed by everyone. */
  private send(): void {
    const { costs, servers, load } = this;
    const packet: Packet = {
      ...{ left: load.members, hushed: false, news: false },
      line: new Line<Tap>(DESIGN.grabsPerCallMax, (taps, answered) => this.ask(taps, answered)),
    };
    const halfOf = (name: 'postgres' | 'redis' | 'worker') => costs[`${name}.sendAlone`] * HALF;
    servers.api.submit(costs['api.sendAlone'], () =>
      servers.postgres.submit(halfOf('postgres'), () =>
        servers.redis.submit(halfOf('redis'), () =>
          servers.worker.submit(halfOf('worker'), () =>
            servers.gateway.submit(costs['gateway.sendAlone'], () =>
              this.tell(load.members + 1, () => {
                for (let k = 0; k < load.members; k += 1) this.tapLater(packet);
              }),
            ),
          ),
        ),
      ),
    );
  }

  private tapLater(packet: Packet): void {
    const { machine, load, servers, costs, chance } = this;
    const { min, mean } = load.reactionMs;
    machine.in(1_000 * (min + chance.exponential(mean - min)), () => {
      const dueUs = machine.nowUs;
      servers.k6.submit(load.frameUs, () =>
        servers.gateway.submit(costs['gateway.win'] * HALF, () => packet.line.add({ packet, dueUs })),
      );
    });
  }

  private ask(taps: Tap[], answered: () => void): void {
    const { servers, costs, load, machine } = this;
    servers.redis.submit(costs['redis.call'] + taps.length * costs['redis.win'], () => {
      for (const { packet, dueUs } of taps) {
        servers.gateway.submit(costs['gateway.win'] * HALF, () =>
          servers.k6.submit(load.frameUs, () => {
            const timeUs = machine.nowUs - dueUs;
            (this.bySecond[Math.floor(dueUs / 1e6)] ??= []).push(timeUs);
            if (machine.nowUs > WARM_SECONDS * 1e6) this.timesUs.push(timeUs);
          }),
        );
        this.relay.add(packet);
      }
      answered();
    });
  }

  /** From the outbox into a job; the next read begins a while after the job is added, a shorter one the more came. */
  private handOn(packets: Packet[], answered: () => void): void {
    const { servers, costs, machine } = this;
    const count = packets.length;
    const { min, max } = DESIGN.gatherMs;
    this.gatherMs = Math.min(max, Math.max(min, (this.gatherMs * DESIGN.claimsPerRead) / count));
    const half = HALF * (costs['worker.job'] + count * costs['worker.claim']);
    servers.redis.submit(count * (costs['redis.entry'] + costs['redis.relayedClaim']), () =>
      servers.worker.submit(half, () =>
        servers.redis.submit(costs['queue.job'] + count * costs['queue.claim'], () => {
          for (const packet of new Set(packets)) this.tellProgress(packet);
          this.jobs.push({ packets });
          this.settle();
          machine.in(this.gatherMs * 1_000, answered);
        }),
      ),
    );
  }

  private settle(): void {
    if (this.transactions >= this.transactionsAtOnce) return;
    const job = this.jobs.shift();
    if (!job) return;
    const { servers, costs } = this;
    const count = job.packets.length;
    const half = HALF * (costs['worker.job'] + count * costs['worker.claim']);
    this.transactions += 1;
    servers.postgres.submit(costs['postgres.transaction'] + count * costs['postgres.claim'], () =>
      servers.worker.submit(half, () => {
        this.transactions -= 1;
        this.tell(count);
        for (const packet of job.packets) this.settled(packet);
        this.settle();
      }),
    );
  }

  private settled(packet: Packet): void {
    const { servers, costs, load } = this;
    packet.left -= 1;
    if (packet.left > 0) return;
    servers.worker.submit(costs['worker.sendAlone'] * HALF, () =>
      servers.postgres.submit(costs['postgres.sendAlone'] * HALF, () =>
        servers.redis.submit(costs['redis.sendAlone'] * HALF, () => this.tell(load.members + 1)),
      ),
    );
  }

  /** The first word goes out at once, then the latest while there is news. */
  private tellProgress(packet: Packet): void {
    packet.news = true;
    if (packet.hushed) return;
    packet.hushed = true;
    packet.news = false;
    this.tell(this.load.members + 1);
    this.machine.in(DESIGN.progressMs * 1_000, () => {
      packet.hushed = false;
      if (packet.news) this.tellProgress(packet);
    });
  }

  /** Frames from the gateway, read by the load generator. */
  private tell(frames: number, then?: () => void): void {
    const { servers, costs, load } = this;
    servers.gateway.submit(frames * costs['gateway.push'], () => {
      then?.();
      servers.k6.submit(frames * load.frameUs, () => undefined);
    });
  }
}
