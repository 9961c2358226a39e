import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import {
  JOBS,
  PACKET_EXPIRES_SECONDS_DEFAULT,
  RefusalError,
  type Answers,
  type ClaimView,
  type GrabResult,
  type Identity,
  type PacketView,
  type Proof,
  type RefusalReason,
  type SendPacket,
} from '@app/contracts';
import { commitmentOf, termsOfPacket } from '@app/domain';
import { judgeGates, shakeHits, tasksDoneBy, type GateVerdict } from '@app/eligibility';
import { noteGrab } from '@app/funnel';
import { ClaimEntity, fundPacket, keepAnswer, PacketEntity, tellWallet } from '@app/ledger';
import { dropPacket } from '@app/lifecycle';
import { busyResult, grabResultOf, packetRefOf, REFUSAL_WORDS, type GrabVerdict } from '@app/packet-store';
import { ApiParts } from '../parts.js';
import { PacketAccess } from './packet-access.js';
import { gateRulesOf } from './gate-rules.js';

/** Packets for those who may see them: their audience. To all others they do not exist. */
@Injectable()
export class PacketsService {
  private readonly outcomes;

  constructor(
    private readonly parts: ApiParts,
    private readonly access: PacketAccess,
  ) {
    this.outcomes = parts.metrics.counter('hongbao_grabs_total', 'Grabs answered', ['outcome']);
  }

  /** Fund, then drop. A repeated key gets the first answer, and finishes what the first call may have left undone. */
  async send(caller: Identity, key: string, request: SendPacket): Promise<PacketView> {
    const { dataSource, vault, views } = this.parts;
    const terms = this.termsOf(request);
    const packetId = uuidv7();
    const seed = vault.makeSeed();
    const earlier = await fundPacket(dataSource, {
      packetId,
      senderId: caller.userId,
      idempotencyKey: key,
      request,
      terms,
      greeting: request.greeting ?? '',
      expiresInMs: (request.expiresInSeconds ?? PACKET_EXPIRES_SECONDS_DEFAULT) * 1_000,
      commitment: commitmentOf(packetId, seed, terms),
      seedSealed: vault.seal(packetId, seed),
      rules: gateRulesOf(request.gates),
    });
    if (earlier?.answer) return earlier.answer as PacketView;
    const packet = await dropPacket(this.parts, earlier?.subject ?? packetId);
    const call = { userId: caller.userId, call: 'packets' as const, key, body: request };
    const answer = await keepAnswer(dataSource.manager, call, await views.view(packet, caller.userId));
    if (!earlier) await this.tellSender(caller.userId, request.currency);
    return answer;
  }

  private termsOf(request: SendPacket) {
    const { config } = this.parts;
    if (request.gates?.some((gate) => gate.kind === 'task')) throw new RefusalError('gates_not_offered');
    if (!config.CURRENCIES.includes(request.currency)) throw new RefusalError('unsupported_currency');
    const limits = {
      shareMin: config.SHARE_MIN,
      shareMax: config.SHARE_MAX,
      sharesMax: config.ROOM_PACKET_SHARES_MAX,
    };
    const answer = termsOfPacket(request, limits);
    if ('refused' in answer) throw new RefusalError(answer.refused);
    return answer.terms;
  }

  private async tellSender(userId: string, currency: string): Promise<void> {
    const change = await tellWallet(this.parts.dataSource, userId, currency);
    if (change) this.parts.pusher.toGateways('wallets:changed', [{ userId, change }]);
  }

  async view(caller: Identity, packetId: string): Promise<PacketView> {
    return this.parts.views.view(await this.find(caller, packetId), caller.userId);
  }

  async claims(caller: Identity, packetId: string, after: number, limit: number): Promise<ClaimView[]> {
    return this.parts.views.claims(await this.find(caller, packetId), { after, limit });
  }

  async proof(caller: Identity, packetId: string): Promise<Proof> {
    const proof = await this.parts.views.proof(await this.find(caller, packetId));
    if (!proof) throw new RefusalError('not_closed');
    return proof;
  }

  /** The grab rules, in their order; the store decides, and for a packet it no longer holds, the ledger. */
  async grab(caller: Identity, packetId: string, answers?: Answers): Promise<GrabResult<number>> {
    const startedMs = performance.now();
    const packet = await this.parts.dataSource.getRepository(PacketEntity).findOneBy({ packetId });
    if (!packet || !(await this.access.mayGrab(caller, packet))) throw new RefusalError('not_found');
    const result = await this.decide(caller, packet, answers);
    this.outcomes.inc({ outcome: result.outcome });
    if (packet.dropId) {
      noteGrab(this.parts.funnel, packet.dropId, caller.userId, result, performance.now() - startedMs);
    }
    return result;
  }

  private async decide(
    caller: Identity,
    packet: PacketEntity,
    answers: Answers | undefined,
  ): Promise<GrabResult<number>> {
    const { packetId, rules, partitions } = packet;
    const { mark, reason } = await this.judge(caller, packet, answers);
    const verdict = await new Promise<GrabVerdict>((answer) => {
      const grab = { userId: caller.userId, mark };
      this.parts.batcher.submit(
        packetRefOf({ packetId, partitions, ...(rules ? { rules } : {}) }),
        grab,
        answer,
      );
    });
    if (verdict.outcome === 'not_found') throw new RefusalError('not_found');
    if (verdict.outcome === 'unknown') return this.grabFromLedger(caller, packet, reason);
    return grabResultOf(verdict, packet.currency, reason);
  }

  private async judge(
    { userId }: Identity,
    { packetId, onlyUserIds, rules, senderId }: PacketEntity,
    answers: Answers | undefined,
  ): Promise<GateVerdict> {
    if (onlyUserIds && !onlyUserIds.includes(userId)) return { mark: 'unmet', reason: 'members' };
    if (!rules) return { mark: 'met' };
    const shake = rules.campaign?.shake;
    if (shake && !shakeHits(shake.oddsPercent)) return { mark: 'unmet', reason: 'luck' };
    const done = await tasksDoneBy(this.parts.store, rules, senderId, userId);
    return judgeGates(rules, { packetId, userId }, answers, done);
  }

  /** A closed packet's answers can't change, so the ledger gives them; an open one has to be put back first: `busy`. */
  private async grabFromLedger(
    { userId }: Identity,
    packet: PacketEntity,
    reason: RefusalReason | undefined,
  ): Promise<GrabResult<number>> {
    const { packetId, currency } = packet;
    const claim = await this.parts.dataSource.getRepository(ClaimEntity).findOneBy({ packetId, userId });
    if (claim) return { outcome: 'already', amount: claim.amount, ordinal: claim.ordinal, currency };
    // The store has forgotten the list: whoever has no claim is taken for a stranger to it.
    if (packet.closedAt && packet.rules?.campaign?.audienceId) throw new RefusalError('not_found');
    if (!packet.closedAt) {
      // The store has lost it: the worker that is asked to end it puts it back. One job for all who grab meanwhile.
      void this.parts.packetsQueue
        .add(
          JOBS.closePacket,
          { packetId },
          { jobId: `lost-${packetId}`, removeOnComplete: true, removeOnFail: true },
        )
        .catch(() => undefined);
      return busyResult();
    }
    if (packet.state === 'expired') return { outcome: 'closed' };
    return reason
      ? { outcome: 'not_eligible', reason, message: REFUSAL_WORDS[reason] }
      : { outcome: 'empty' };
  }

  private async find(caller: Identity, packetId: string): Promise<PacketEntity> {
    const packet = await this.parts.dataSource.getRepository(PacketEntity).findOneBy({ packetId });
    if (!packet || !(await this.access.maySee(caller, packet))) throw new RefusalError('not_found');
    return packet;
  }
}
