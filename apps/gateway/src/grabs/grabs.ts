import { Injectable } from '@nestjs/common';
import { RefusalError, type GrabResult } from '@app/contracts';
import { busyResult, grabResultOf, type GrabVerdict } from '@app/packet-store';
import { ApiClient } from '../http/api-client.js';
import { GatewayParts } from '../parts.js';
import type { Person } from '../sockets/person.js';
import { Memberships } from './memberships.js';
import { PacketDirectory } from './packet-directory.js';

/** The path of one grab in the gateway: who may grab is known here, who wins is for the packet store to say. */
@Injectable()
export class Grabs {
  private stopped = false;
  private readonly outcomes;
  private readonly duration;

  constructor(
    private readonly parts: GatewayParts,
    private readonly directory: PacketDirectory,
    private readonly memberships: Memberships,
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
  async grab(person: Person, packetId: string): Promise<GrabResult<number>> {
    const startedMs = performance.now();
    const result = this.stopped ? busyResult() : await this.decide(person, packetId);
    this.outcomes.inc({ outcome: result.outcome });
    this.duration.observe((performance.now() - startedMs) / 1_000);
    return result;
  }

  private async decide(person: Person, packetId: string): Promise<GrabResult<number>> {
    const { userId } = person;
    const packet =
      this.directory.known(packetId) ?? (await this.directory.find(packetId).catch(() => 'away' as const));
    if (packet === 'away') return busyResult();
    // Not in the store: closed long ago, never made, or lost and to be put back. The api tells them apart.
    if (!packet) return this.askApi(person, packetId);
    const isMember =
      this.memberships.known(packet.roomId, userId) || (await this.memberships.ask(packet.roomId, person));
    if (!isMember) throw new RefusalError('not_found');
    const eligible = packet.only === undefined || packet.only.has(userId);
    const verdict = await new Promise<GrabVerdict>((answer) => {
      this.parts.batcher.submit(packetId, { userId, eligible }, answer);
    });
    return verdict.outcome === 'unknown'
      ? this.askApi(person, packetId)
      : grabResultOf(verdict, packet.currency);
  }

  private async askApi(person: Person, packetId: string): Promise<GrabResult<number>> {
    const { opensAt, ...result } = await this.api.post<GrabResult>(person, `/packets/${packetId}/grabs`, {});
    return opensAt === undefined ? result : { ...result, opensAt: Date.parse(opensAt) };
  }
}
