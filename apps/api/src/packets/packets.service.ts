import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import {
  JOBS,
  PACKET_EXPIRES_SECONDS_DEFAULT,
  RefusalError,
  type ClaimView,
  type GrabResult,
  type Identity,
  type PacketView,
  type Proof,
  type SendPacket,
} from '@app/contracts';
import { commitmentOf, termsOfRoomPacket } from '@app/domain';
import { ClaimEntity, fundPacket, keepAnswer, PacketEntity, tellWallet } from '@app/ledger';
import { dropPacket } from '@app/lifecycle';
import { busyResult, grabResultOf, type GrabVerdict } from '@app/packet-store';
import { ApiParts } from '../parts.js';
import { RoomsService } from '../rooms/rooms.service.js';

/** Packets for those who may see them: the members of their room. To all others they do not exist. */
@Injectable()
export class PacketsService {
  private readonly outcomes;

  constructor(
    private readonly parts: ApiParts,
    private readonly rooms: RoomsService,
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
    });
    if (earlier?.answer) return earlier.answer as PacketView;
    const packet = await dropPacket(this.parts, earlier?.subject ?? packetId);
    const call = { userId: caller.userId, call: 'packets' as const, key, body: request };
    const answer = await keepAnswer(dataSource.manager, call, await views.view(packet));
    if (!earlier) await this.tellSender(caller.userId, request.currency);
    return answer;
  }

  private termsOf(request: SendPacket) {
    const { config } = this.parts;
    if (request.gates && request.gates.length > 0) throw new RefusalError('gates_not_offered');
    if (request.coverId) throw new RefusalError('cover_not_found');
    if (!config.CURRENCIES.includes(request.currency)) throw new RefusalError('unsupported_currency');
    const limits = {
      shareMin: config.SHARE_MIN,
      shareMax: config.SHARE_MAX,
      roomSharesMax: config.ROOM_PACKET_SHARES_MAX,
    };
    const answer = termsOfRoomPacket(request, limits);
    if ('refused' in answer) throw new RefusalError(answer.refused);
    return answer.terms;
  }

  private async tellSender(userId: string, currency: string): Promise<void> {
    const change = await tellWallet(this.parts.dataSource, userId, currency);
    if (change) this.parts.pusher.toGateways('wallets:changed', [{ userId, change }]);
  }

  async view(caller: Identity, packetId: string): Promise<PacketView> {
    return this.parts.views.view(await this.find(caller, packetId));
  }

  async claims(caller: Identity, packetId: string): Promise<ClaimView[]> {
    return this.parts.views.claims(await this.find(caller, packetId));
  }

  async proof(caller: Identity, packetId: string): Promise<Proof> {
    const proof = await this.parts.views.proof(await this.find(caller, packetId));
    if (!proof) throw new RefusalError('not_closed');
    return proof;
  }

  /** The grab rules, in their order; the store decides, and for a packet it no longer holds, the ledger. */
  async grab(caller: Identity, packetId: string): Promise<GrabResult<number>> {
    const result = await this.decide(caller, packetId);
    this.outcomes.inc({ outcome: result.outcome });
    return result;
  }

  private async decide(caller: Identity, packetId: string): Promise<GrabResult<number>> {
    const packet = await this.find(caller, packetId);
    const eligible = packet.onlyUserIds === null || packet.onlyUserIds.includes(caller.userId);
    const verdict = await new Promise<GrabVerdict>((answer) => {
      this.parts.batcher.submit(packetId, { userId: caller.userId, eligible }, answer);
    });
    if (verdict.outcome === 'unknown') return this.grabFromLedger(caller, packet, eligible);
    return grabResultOf(verdict, packet.currency);
  }

  /** A closed packet's answers can't change, so the ledger gives them; an open one has to be put back first: `busy`. */
  private async grabFromLedger(
    { userId }: Identity,
    packet: PacketEntity,
    eligible: boolean,
  ): Promise<GrabResult<number>> {
    const { packetId, currency } = packet;
    const claim = await this.parts.dataSource.getRepository(ClaimEntity).findOneBy({ packetId, userId });
    if (claim) return { outcome: 'already', amount: claim.amount, ordinal: claim.ordinal, currency };
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
    return eligible ? { outcome: 'empty' } : { outcome: 'not_eligible', reason: 'members' };
  }

  private async find({ userId }: Identity, packetId: string): Promise<PacketEntity> {
    const packet = await this.parts.dataSource.getRepository(PacketEntity).findOneBy({ packetId });
    if (!packet) throw new RefusalError('not_found');
    await this.rooms.assertMember(packet.roomId, userId);
    return packet;
  }
}
