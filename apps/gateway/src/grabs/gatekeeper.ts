import { Injectable } from '@nestjs/common';
import type { Answers } from '@app/contracts';
import { judgeAudience, judgeGates, tasksDoneBy, type GateVerdict } from '@app/eligibility';
import { GatewayParts } from '../parts.js';
import type { SocketData } from '../sockets/person.js';
import { Memberships } from './memberships.js';
import type { ListedPacket } from './packet-directory.js';
import { Shakes } from './shakes.js';

const MET: GateVerdict = Object.freeze({ mark: 'met' });
const NOT_NAMED: GateVerdict = Object.freeze({ mark: 'unmet', reason: 'members' });

/** For whom a packet exists, and whether they met its gates: all that is judged in front of the store. */
@Injectable()
export class Gatekeeper {
  constructor(
    private readonly parts: GatewayParts,
    private readonly memberships: Memberships,
    private readonly shakes: Shakes,
  ) {}

  /** The packet is for them, and nobody has to be asked about that or about its gates. */
  isSureOf(packet: ListedPacket, { person, caller }: SocketData): boolean {
    if (packet.asksTasks) return false;
    if (packet.roomId) return caller.rooms.has(packet.roomId);
    const campaign = packet.rules?.campaign;
    if (!campaign) return false;
    const verdict = judgeAudience(campaign, person, Date.now());
    if (verdict === 'ask_room')
      return campaign.audience.kind === 'room' && caller.rooms.has(campaign.audience.roomId);
    return verdict !== 'out';
  }

  /** Lists are left to the grab script, which reads them where it decides. */
  async isForThem(packet: ListedPacket, asker: SocketData): Promise<boolean> {
    if (packet.roomId) return this.isInRoom(packet.roomId, asker);
    const campaign = packet.rules?.campaign;
    if (!campaign) return false;
    const verdict = judgeAudience(campaign, asker.person, Date.now());
    if (verdict === 'ask_room')
      return campaign.audience.kind === 'room' && this.isInRoom(campaign.audience.roomId, asker);
    return verdict !== 'out';
  }

  async judge(packet: ListedPacket, userId: string, answers: Answers | undefined): Promise<GateVerdict> {
    const done = packet.asksTasks
      ? await tasksDoneBy(this.parts.store, packet.rules!, packet.senderId, userId)
      : NOTHING;
    return this.judgeAtOnce(packet, userId, answers, done);
  }

  judgeAtOnce(
    packet: ListedPacket,
    userId: string,
    answers: Answers | undefined,
    done: ReadonlySet<string> = NOTHING,
  ): GateVerdict {
    const { only, rules, packetId } = packet;
    if (only && !only.has(userId)) return NOT_NAMED;
    if (!rules) return MET;
    return (
      this.shakes.draw(packet) ??
      (rules.gates.length === 0 ? MET : judgeGates(rules, { packetId, userId }, answers, done))
    );
  }

  private async isInRoom(roomId: string, { person, caller }: SocketData): Promise<boolean> {
    if (
      !this.memberships.known(roomId, person.userId) &&
      !(await this.memberships.ask(roomId, person.userId))
    )
      return false;
    caller.rooms.add(roomId);
    return true;
  }
}

const NOTHING: ReadonlySet<string> = new Set();
