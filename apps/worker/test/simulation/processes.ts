import { ClaimsInHand } from '../../src/settlement/claims-in-hand.js';
import { Relay } from '../../src/settlement/relay.js';
import { SettlementProcessor } from '../../src/settlement/settlement.processor.js';
import { PacketsProcessor } from '../../src/packets/packets.processor.js';
import { Sweep } from '../../src/packets/sweep.js';
import type { WorkerParts } from '../../src/parts.js';
import type { ClosePacketJob, SettleClaimsJob } from '@app/contracts';
import { RecoveryTurn } from '@app/ledger';
import { PacketViews } from '@app/lifecycle';
import { GrabBatcher, type Outbox, type OutboxEntry } from '@app/packet-store';
import type { Job } from './memory-queue.js';
import { mistakenOutbox, mistakenStore, refundAgain } from './mistaken-parts.js';
import { asEffects } from './scheduler/effects.js';
import { Process } from './scheduler/scheduler.js';
import type { World } from './world.js';

const GRABS_PER_CALL_MAX = 3;
const CLAIMS_PER_JOB_MAX = 2;
const SWEEP_SECONDS = 5;

const nothing = () => undefined;
/** What is only counted or written to a log. */
const METRICS = {
  counter: () => ({ inc: nothing }),
  latencies: () => ({ observe: nothing }),
  gauge: nothing,
};
const LOGGER = { info: nothing, warn: nothing, error: nothing };
/** People are told at once: messages to them are best effort and move no money. */
const PUSHER = {
  toGateways: () => true,
  toAudience: () => true,
  toRoom: () => true,
  dismissAudience: nothing,
};

/** Everything that funds, drops, ends and recovers packets needs, from one process. */
export function partsFor(world: World, process: Process) {
  const dataSource = world.ledger.sourceFor(process);
  const store = mistakenStore(world, asEffects(process, 'store', world.store));
  return {
    ...{ dataSource, store, vault: world.vault, pusher: PUSHER, metrics: METRICS, logger: LOGGER },
    views: new PacketViews(dataSource as never, store),
    packetsQueue: world.closing.handleFor(process),
    settlementQueue: world.settlement.handleFor(process),
    onBroken: (packetId: string, reason: string) => world.record.breaks('frozen', `${packetId}: ${reason}`),
    onBlock: nothing,
  };
}

export class GatewayProcess {
  readonly process: Process;
  readonly batcher: GrabBatcher;

  constructor(world: World) {
    this.process = new Process('gateway', world.scheduler);
    const store = asEffects(this.process, 'store', world.store);
    const limits = { grabsPerCallMax: GRABS_PER_CALL_MAX, grabsWaitingMax: 100 };
    this.batcher = new GrabBatcher(store, limits, nothing);
  }
}

/** A worker as it runs, but for its timers and its connection to BullMQ: turns and jobs are given by the sources. */
export class WorkerProcess {
  readonly process: Process;
  readonly relay: Relay;
  readonly sweep: Sweep;
  readonly inHand: ClaimsInHand;
  relaying = false;
  sweeping = false;
  openingGates = false;
  sweptAtMs: number;
  relayedAtMs = 0;
  /** Of the turn that is under way. */
  entriesInHand: OutboxEntry[] = [];
  settling: Job<SettleClaimsJob>[] = [];
  /** Of those, the ones that count: read in its turn. What was read before is not settled unless the queue still has it. */
  readonly held = new Set<Job<SettleClaimsJob>>();
  ending: Job<ClosePacketJob>[] = [];
  private taken: Job<SettleClaimsJob> | undefined;
  private readonly settlement: SettlementProcessor;
  private readonly packets: PacketsProcessor;

  constructor(
    private readonly world: World,
    name: string,
    onCrash: (worker: WorkerProcess) => void,
  ) {
    this.process = new Process(name, world.scheduler, () => onCrash(this));
    const turn = new RecoveryTurn(world.locks.sessionsFor(this.process));
    this.inHand = world.mistakes.turnsIgnored ? new ClaimsInHand() : new ClaimsInHand(turn);
    this.sweptAtMs = world.nowMs;
    const outbox = mistakenOutbox(world, asEffects(this.process, 'outbox', world.store));
    const usual = partsFor(world, this.process);
    const parts = {
      ...usual,
      config: { CLAIMS_PER_JOB_MAX, SWEEP_SECONDS },
      settlementQueue: this.notingReads(usual.settlementQueue),
      inHand: this.notingTurns(),
      outbox: this.noting(outbox),
      elapsedMs: world.clock,
    } as unknown as WorkerParts;
    this.relay = new Relay(parts);
    this.settlement = new SettlementProcessor(parts);
    this.packets = new PacketsProcessor(parts);
    // Which packets are gated is for people to read: the sweep only leaves there what went wrong.
    this.sweep = new Sweep(parts, { trouble: undefined } as never);
  }

  /** Entries that came into this process's memory. */
  private noting(outbox: Outbox): Outbox {
    const note = (entries: OutboxEntry[]) => {
      this.entriesInHand.push(...entries);
      return entries;
    };
    return {
      readNew: async (max, blockMs) => note(await outbox.readNew(max, blockMs)),
      takeStale: async (idleMs, max) => note(await outbox.takeStale(idleMs, max)),
      acknowledge: (slot, ids) => outbox.acknowledge(slot, ids),
      backlog: () => outbox.backlog(),
    };
  }

  /** A job that did not have to wait for the turn. */
  private notingTurns(): Pick<ClaimsInHand, 'hold' | 'withNone' | 'letGo'> {
    const { inHand } = this;
    const hold: ClaimsInHand['hold'] = (work) => {
      const job = this.taken;
      this.taken = undefined;
      return inHand.hold((waited) => {
        if (job && !waited) this.held.add(job);
        return work(waited && !this.world.mistakes.jobNotReadAgain);
      });
    };
    return { hold, withNone: (recover) => inHand.withNone(recover), letGo: () => inHand.letGo() };
  }

  /** A job that is read again in the turn. */
  private notingReads<Handle extends { getJob(id: string): Promise<unknown> }>(queue: Handle): Handle {
    const getJob = async (id: string) => {
      const found = await queue.getJob(id);
      const job = this.settling.find((one) => one.id === id);
      if (job && found) this.held.add(job);
      else if (job) this.held.delete(job);
      return found;
    };
    return { ...queue, getJob };
  }

  /** As Relay.run does, once. */
  async relayOnce(): Promise<void> {
    this.relaying = true;
    this.relayedAtMs = this.world.nowMs;
    try {
      await this.inHand.hold(() => this.relay.turn());
    } finally {
      this.relaying = false;
      this.entriesInHand = [];
    }
  }

  async settle(job: Job<SettleClaimsJob>): Promise<unknown> {
    const { mistakes, store } = this.world;
    if (mistakes.ackBeforeCommit) {
      const all = job.data.entries.map(
        ({ slot, ids }) =>
          () =>
            store.acknowledge(slot, ids),
      );
      for (const act of all) await this.process.effect('outbox acknowledge', act);
    }
    this.taken = job;
    return this.settlement.process(job as never).finally(() => this.held.delete(job));
  }

  async end(job: Job<ClosePacketJob>): Promise<unknown> {
    const { mistakes, ledger } = this.world;
    const { packetId } = job.data;
    const wasClosed = ledger.tables.packets.rows.get(packetId)?.closedAt;
    const ended = await this.packets.process(job as never);
    if (mistakes.refundTwice && wasClosed)
      await this.process.effect('ledger refund', () => refundAgain(this.world, packetId));
    return ended;
  }
}
