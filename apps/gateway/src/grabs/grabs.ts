import { Injectable } from '@nestjs/common';
import { RefusalError, type Answers, type GrabResult } from '@app/contracts';
import { noteGrab } from '@app/funnel';
import { busyResult, grabResultOf, type GrabVerdict } from '@app/packet-store';
import { ApiClient } from '../http/api-client.js';
import { GatewayParts } from '../parts.js';
import type { Person } from '../sockets/person.js';
import { Gatekeeper } from './gatekeeper.js';
import { PacketDirectory, type ListedPacket } from './packet-directory.js';
import { Shakes } from './shakes.js';

/** The path of one grab in the gateway: who may grab is known here, who wins is for the packet store to say. */
@Injectable()
export class Grabs {
  private stopped = false;
  private readonly outcomes;
  private readonly duration;

  constructor(
    private readonly parts: GatewayParts,
    private readonly directory: PacketDirectory,
    private readonly gatekeeper: Gatekeeper,
    private readonly shakes: Shakes,
    private readonly api: ApiClient,
  ) {
    this.outcomes = parts.metrics.counter('hongbao_grabs_total', 'Grabs answered', ['outcome']);
    this.duration = parts.metrics.histogram(
      'hongbao_grab_duration_seconds',
      'From the grab read to its answer written',
    );
  }

  stop(): void {
    this.stopped = true;
  }

  /** Throws RefusalError `not_found` for a packet that is unknown, or not meant for this person. */
  async grab(person: Person, packetId: string, answers?: Answers): Promise<GrabResult<number>> {
    const startedMs = performance.now();
    const packet =
      this.directory.known(packetId) ?? (await this.directory.find(packetId).catch(() => 'away' as const));
    const result =
      this.stopped || packet === 'away' ? busyResult() : await this.decide(person, packetId, packet, answers);
    const tookMs = performance.now() - startedMs;
    this.outcomes.inc({ outcome: result.outcome });
    this.duration.observe(tookMs / 1_000);
    const dropId = packet !== 'away' && packet?.rules?.campaign?.dropId;
    if (dropId) noteGrab(this.parts.funnel, dropId, person.userId, result, tookMs);
    return result;
  }

  private async decide(
    person: Person,
    packetId: string,
    packet: ListedPacket | undefined,
    answers: Answers | undefined,
  ): Promise<GrabResult<number>> {
    // Not in the store: closed long ago, never made, or lost and to be put back. The api tells them apart.
    if (!packet) return this.askApi(person, packetId, answers);
    const { userId } = person;
    if (!(await this.gatekeeper.isForThem(packet, person))) throw new RefusalError('not_found');
    const gates = await this.gatekeeper.judge(packet, person, answers);
    const missed = this.shakes.answer(packet, userId, gates);
    if (missed) return missed;
    const verdict = await new Promise<GrabVerdict>((answer) => {
      this.parts.batcher.submit(packet.ref, { userId, mark: gates.mark }, answer);
    });
    this.shakes.heard(packet, userId, verdict);
    if (verdict.outcome === 'not_found') throw new RefusalError('not_found');
    if (verdict.outcome === 'unknown') return this.askApi(person, packetId, answers);
    return grabResultOf(verdict, packet.currency, gates.reason);
  }

  private async askApi(person: Person, packetId: string, answers?: Answers): Promise<GrabResult<number>> {
    const path = `/packets/${packetId}/grabs`;
    const { opensAt, ...result } = await this.api.post<GrabResult>(person, path, answers ? { answers } : {});
    return opensAt === undefined ? result : { ...result, opensAt: Date.parse(opensAt) };
  }
}
