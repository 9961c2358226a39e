import { Injectable } from '@nestjs/common';
import type { Answers } from '@app/contracts';
import { judgeAudience, judgeGates, tasksDoneBy, taskIdsOf, type GateVerdict } from '@app/eligibility';
import { GatewayParts } from '../parts.js';
import type { Person } from '../sockets/person.js';
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

  /** Lists are left to the grab script, which reads them where it decides. */
  isForThem(packet: ListedPacket, person: Person): boolean | Promise<boolean> {
    if (packet.roomId) return this.isInRoom(packet.roomId, person);
    const campaign = packet.rules?.campaign;
    if (!campaign) return false;
    const verdict = judgeAudience(campaign, person, Date.now());
    if (verdict === 'ask_room') {
      return campaign.audience.kind === 'room' && this.isInRoom(campaign.audience.roomId, person);
    }
    return verdict !== 'out';
  }

  judge(
    packet: ListedPacket,
    person: Person,
    answers: Answers | undefined,
  ): GateVerdict | Promise<GateVerdict> {
    const { only, rules, packetId } = packet;
    const { userId } = person;
    if (only && !only.has(userId)) return NOT_NAMED;
    if (!rules) return MET;
    const missed = this.shakes.draw(packet);
    if (missed) return missed;
    if (rules.gates.length === 0) return MET;
    if (taskIdsOf(rules).length === 0) return judgeGates(rules, { packetId, userId }, answers, NOTHING);
    return tasksDoneBy(this.parts.store, rules, packet.senderId, userId).then((done) =>
      judgeGates(rules, { packetId, userId }, answers, done),
    );
  }

  private isInRoom(roomId: string, person: Person): boolean | Promise<boolean> {
    return this.memberships.known(roomId, person.userId) || this.memberships.ask(roomId, person);
  }
}

const NOTHING: ReadonlySet<string> = new Set();
