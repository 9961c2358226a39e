import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { PacketEntity } from '@app/ledger';
import {
  announceDrop,
  claimsInQueue,
  dropPacket,
  endOrRecover,
  recoverSlots,
  recoverSpread,
  shutSpreadPackets,
} from '@app/lifecycle';
import { quietly } from '@app/observability';
import { WorkerParts } from '../parts.js';
import { GatedPackets } from './gated-packets.js';

/** Younger than this, whoever made the step before is likely still at the next one. */
const LEFT_BEHIND = `now() - interval '5 seconds'`;
const PACKETS_PER_SWEEP = 200;
const GATE_LOOK_MS = 500;

/**
 * Finds what a schedule missed or a crash left half done, and finishes it: packets funded and not dropped, dropped and
 * not announced, due and not closed, closed and not told. By a timer of its own and no schedule of a queue, for what it
 * finishes may be what a queue has lost; two workers may sweep at once. Also opens the gates of a Redis that has just come back.
 */
@Injectable()
export class Sweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private gateTimer?: NodeJS.Timeout;
  private sweepTimer?: NodeJS.Timeout;
  private checkingGates = false;
  private sweeping = false;
  private readonly report;

  constructor(
    private readonly parts: WorkerParts,
    private readonly gated: GatedPackets,
  ) {
    this.report = quietly((what, error) => parts.logger.warn({ what, err: error }, 'sweep'));
  }

  async onApplicationBootstrap(): Promise<void> {
    this.gateTimer = setInterval(() => void this.openGates(), GATE_LOOK_MS);
    await this.openGates();
    this.sweepTimer = setInterval(() => void this.run(), this.parts.config.SWEEP_SECONDS * 1_000);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.gateTimer);
    clearInterval(this.sweepTimer);
  }

  /** Checks the slots that are shut; a busy Redis costs one read of 16 keys each half second. */
  async openGates(): Promise<void> {
    if (this.checkingGates) return;
    this.checkingGates = true;
    try {
      if (!this.parts.store.connected) return await this.parts.inHand.letGo();
      const { store } = this.parts;
      let shut = await store.gates.shutSlots();
      this.gated.trouble = undefined;
      if (shut.slots.length === 0) return;
      const { checked, mended } = await this.parts.inHand.withNone(async () => {
        // Asked again: while this worker waited for its turn, another one may have opened them.
        shut = await store.gates.shutSlots();
        return recoverSlots(this.parts, shut);
      });
      this.parts.logger.info(
        { slots: shut.slots.length, checked, mended },
        'slots checked against the ledger',
      );
    } catch (error) {
      this.gated.trouble = (error as Error).message;
      await this.parts.inHand.letGo().catch(() => undefined);
      this.report('gates', error as Error);
    } finally {
      this.checkingGates = false;
    }
  }

  async run(): Promise<void> {
    if (this.sweeping) return;
    this.sweeping = true;
    try {
      await this.finishWhatIsLeft();
    } catch (error) {
      this.report('look', error as Error);
    } finally {
      this.sweeping = false;
    }
  }

  private async finishWhatIsLeft(): Promise<void> {
    const [funded, silent, due, untold] = await Promise.all([
      this.find(`state = 'funded' AND campaign_id IS NULL AND created_at < ${LEFT_BEHIND}`),
      this.find(
        `state = 'open' AND announced_at IS NULL AND campaign_id IS NULL AND created_at < ${LEFT_BEHIND}`,
      ),
      // The store decides by its own clock whether a packet is due; this only says where to ask.
      this.find(`state = 'open' AND (expires_at < now() OR claimed_count = count)`),
      this.find(`closed_at < ${LEFT_BEHIND}`),
    ]);
    await this.each('drop', funded, ({ packetId }) => dropPacket(this.parts, packetId));
    await this.each('announce', silent, (packet) => announceDrop(this.parts, packet));
    await this.checkSpread().catch((error: Error) => this.report('spread', error));
    await this.each('end', [...due, ...untold], ({ packetId }) => endOrRecover(this.parts, packetId));
  }

  /** Of a check that a crash or a restart of Redis broke off; most times there is none. */
  private async checkSpread(): Promise<void> {
    if (!this.parts.store.connected || (await shutSpreadPackets(this.parts)).length === 0) return;
    const found = await this.parts.inHand.withNone(async () =>
      recoverSpread(this.parts, await claimsInQueue(this.parts.settlementQueue)),
    );
    this.parts.logger.info(found, 'packets over partitions checked against the ledger');
  }

  private find(condition: string): Promise<PacketEntity[]> {
    return this.parts.dataSource
      .getRepository(PacketEntity)
      .createQueryBuilder('packet')
      .where(`retired_at IS NULL AND frozen_reason IS NULL AND ${condition}`)
      .orderBy('packet.createdAt')
      .limit(PACKETS_PER_SWEEP)
      .getMany();
  }

  /** One that fails does not keep the others from their turn. */
  private async each(
    what: string,
    packets: PacketEntity[],
    finish: (packet: PacketEntity) => Promise<unknown>,
  ): Promise<void> {
    for (const packet of packets) {
      await finish(packet).catch((error: Error) => this.report(`${what} ${packet.packetId}`, error));
    }
  }
}
