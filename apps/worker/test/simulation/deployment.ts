import { GatewayProcess, WorkerProcess } from './processes.js';
import { Process } from './scheduler/scheduler.js';
import { noteWhatNobodyKnows } from './lost-with-disk.js';
import { sendPacket } from './send-packet.js';
import type { Job } from './memory-queue.js';
import type { PlannedPacket, World } from './world.js';

export interface Source {
  label: string;
  fire: () => void;
}

/** Of one person on one packet: those that were decided or that nobody answered, and all. */
const GRABS_EACH_MAX = 3;
const GRABS_ASKED_MAX = 9;
const SWEEP_MS = 5_000;
const STALE_LOOK_MS = 5_000;
const SETTLEMENTS_AT_ONCE = 2;
const ENDS_AT_ONCE = 2;

/** The processes that run, and what each could begin at this moment. */
export class Deployment {
  api: Process;
  gateway: GatewayProcess;
  readonly workers: WorkerProcess[];

  constructor(private readonly world: World) {
    this.api = this.startApi();
    this.gateway = new GatewayProcess(world);
    const count = 1 + world.choices.below(2);
    this.workers = Array.from({ length: count }, (_, k) => this.startWorker(`worker ${k + 1}`));
  }

  startApi(): Process {
    return new Process('api', this.world.scheduler, (process) => {
      this.world.ledger.disconnect(process);
      for (const packet of this.world.packets) if (packet.sent === 'under way') packet.sent = 'unsure';
    });
  }

  startWorker(name: string): WorkerProcess {
    const { world } = this;
    return new WorkerProcess(world, name, ({ process, settling, ending }) => {
      world.ledger.disconnect(process);
      world.locks.disconnect(process);
      for (const job of settling) world.settlement.stall(job);
      for (const job of ending) world.closing.stall(job);
      noteWhatNobodyKnows(world, this.workers);
    });
  }

  /** Those that died are started again. */
  heal(): void {
    if (this.api.dead) this.api = this.startApi();
    if (this.gateway.process.dead) this.gateway = new GatewayProcess(this.world);
    for (const [k, worker] of this.workers.entries())
      if (worker.process.dead) this.workers[k] = this.startWorker(worker.process.name);
  }

  get dead(): boolean {
    return this.api.dead || this.gateway.process.dead || this.workers.some(({ process }) => process.dead);
  }

  get busy(): boolean {
    const all = [this.api, this.gateway.process, ...this.workers.map(({ process }) => process)];
    return all.some((process) => !process.dead && process.busy > 0);
  }

  /** In this order where nothing else decides. */
  sources(): Source[] {
    const { world } = this;
    const sources: Source[] = [];
    for (const packet of world.packets) this.sending(packet, sources);
    for (const worker of this.workers) if (!worker.process.dead) this.work(worker, sources);
    if (!this.gateway.process.dead) this.grabbing(sources);
    if (this.dead) sources.push({ label: 'what died is started again', fire: () => this.heal() });
    return sources;
  }

  private sending(packet: PlannedPacket, sources: Source[]): void {
    if (this.api.dead || (packet.sent !== 'no' && packet.sent !== 'unsure')) return;
    const fire = () =>
      this.api.begin(`sending ${packet.packetId}`, () => sendPacket(this.world, this.api, packet));
    sources.push({ label: 'send', fire });
  }

  private grabbing(sources: Source[]): void {
    const { world } = this;
    for (const { packetId, sent } of world.packets) {
      // Who was in the room when it was announced, whatever the sender heard.
      if (sent !== 'yes' && !world.ledger.tables.packets.rows.get(packetId)?.announcedAt) continue;
      for (const userId of world.users) {
        const { asked, busy } = world.record.of(packetId, userId);
        if (asked - busy >= GRABS_EACH_MAX || asked >= GRABS_ASKED_MAX) continue;
        sources.push({ label: 'grab', fire: () => this.grab(packetId, userId) });
      }
    }
  }

  private grab(packetId: string, userId: string): void {
    const { record, scheduler } = this.world;
    record.asks(packetId, userId);
    // The batcher makes its first call when the sockets have been read.
    scheduler.turnNeeded = true;
    scheduler.note(`${userId} grabs ${packetId.slice(-1)}`);
    this.gateway.batcher.submit({ packetId }, { userId, mark: 'met' }, (verdict) => {
      scheduler.note(`${userId} hears ${verdict.outcome}`);
      record.hears(packetId, userId, verdict);
    });
  }

  private work(worker: WorkerProcess, sources: Source[]): void {
    const { world } = this;
    const { process } = worker;
    if (!worker.openingGates && world.shut)
      sources.push({
        label: 'gates',
        fire: () => process.begin('looking at gates', () => this.openGates(worker)),
      });
    if (!worker.relaying && (world.store.unread > 0 || this.staleLookIsDue(worker)))
      sources.push({
        label: 'relay',
        fire: () => process.begin('a relay turn', () => this.relayOnce(worker)),
      });
    if (worker.settling.length < SETTLEMENTS_AT_ONCE)
      for (const job of world.settlement.due)
        sources.push({ label: 'settle', fire: () => this.deliverSettlement(worker, job) });
    if (worker.ending.length < ENDS_AT_ONCE)
      for (const job of world.closing.due)
        sources.push({ label: 'end', fire: () => this.deliverEnd(worker, job) });
    if (!worker.sweeping && world.nowMs - worker.sweptAtMs >= SWEEP_MS)
      sources.push({ label: 'sweep', fire: () => process.begin('a sweep', () => this.sweepOnce(worker)) });
  }

  private staleLookIsDue(worker: WorkerProcess): boolean {
    return this.world.store.size > 0 && this.world.nowMs - worker.relayedAtMs >= STALE_LOOK_MS;
  }

  private async relayOnce(worker: WorkerProcess): Promise<void> {
    await worker.relayOnce().finally(() => noteWhatNobodyKnows(this.world, this.workers));
  }

  private async openGates(worker: WorkerProcess): Promise<void> {
    worker.openingGates = true;
    await worker.sweep.openGates();
    worker.openingGates = false;
  }

  private async sweepOnce(worker: WorkerProcess): Promise<void> {
    worker.sweeping = true;
    worker.sweptAtMs = this.world.nowMs;
    await worker.sweep.run();
    worker.sweeping = false;
  }

  deliverSettlement(worker: WorkerProcess, job: Job<never> | World['settlement']['jobs'][number]): void {
    const { settlement } = this.world;
    this.deliver(worker, settlement, job, worker.settling, () => worker.settle(job));
  }

  deliverEnd(worker: WorkerProcess, job: World['closing']['jobs'][number]): void {
    this.deliver(worker, this.world.closing, job, worker.ending, () => worker.end(job));
  }

  /** At least once: what happens to the job afterwards is an effect of its own. */
  private deliver<Data>(
    { process }: WorkerProcess,
    queue: { name: string; finish: (job: Job<Data>) => void; fail: (job: Job<Data>) => void },
    job: Job<Data>,
    inHand: Job<Data>[],
    work: () => Promise<unknown>,
  ): void {
    job.state = 'active';
    inHand.push(job);
    const label = `${queue.name} job ${job.id}`;
    const leave = () => void inHand.splice(inHand.indexOf(job), 1);
    process.begin(label, async () => {
      const failed = await work().then(
        () => undefined,
        (error: Error) => error,
      );
      const act = () => (failed ? queue.fail(job) : queue.finish(job));
      // Its lock runs out when BullMQ is not told: then somebody else does it again.
      await process.effect(`queue ${failed ? 'fails' : 'ends'} ${label}`, act).catch(() => queue.fail(job));
      leave();
      noteWhatNobodyKnows(this.world, this.workers);
      if (failed) throw failed;
    });
  }
}
