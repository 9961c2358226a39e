import { Injectable } from '@nestjs/common';
import { RefusalError, type GrabResult } from '@app/contracts';
import type { GrabVerdict } from '@app/packet-store';
import { ApiClient } from '../http/api-client.js';
import { GatewayParts } from '../parts.js';
import type { Person } from '../sockets/person.js';
import { Memberships } from './memberships.js';
import { PacketDirectory, type ListedPacket } from './packet-directory.js';

const BUSY_RETRY_MS_MIN = 200;
const BUSY_RETRY_MS_MAX = 1_000;

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
    const result = this.stopped ? busy() : await this.decide(person, packetId);
    this.outcomes.inc({ outcome: result.outcome });
    this.duration.observe((performance.now() - startedMs) / 1_000);
    return result;
  }

  private async decide(person: Person, packetId: string): Promise<GrabResult<number>> {
    const { userId, token } = person;
    const packet =
      this.directory.known(packetId) ?? (await this.directory.find(packetId).catch(() => 'away' as const));
    if (packet === 'away') return busy();
    // Not in the store: closed long ago, never made, or lost and to be put back. The api tells them apart.
    if (!packet) return this.askApi(token, packetId);
    const isMember =
      this.memberships.known(packet.roomId, userId) ||
      (await this.memberships.ask(packet.roomId, userId, token));
    if (!isMember) throw new RefusalError('not_found');
    const eligible = packet.only === undefined || packet.only.has(userId);
    const verdict = await new Promise<GrabVerdict>((answer) => {
      this.parts.batcher.submit(packetId, { userId, eligible }, answer);
    });
    return verdict.outcome === 'unknown' ? this.askApi(token, packetId) : resultOf(verdict, packet);
  }

  private async askApi(token: string, packetId: string): Promise<GrabResult<number>> {
    const { opensAt, ...result } = await this.api.post<GrabResult>(token, `/packets/${packetId}/grabs`, {});
    return opensAt === undefined ? result : { ...result, opensAt: Date.parse(opensAt) };
  }
}

function resultOf(
  verdict: Exclude<GrabVerdict, { outcome: 'unknown' }>,
  packet: ListedPacket,
): GrabResult<number> {
  switch (verdict.outcome) {
    case 'won':
    case 'already':
      return {
        outcome: verdict.outcome,
        amount: verdict.amount,
        ordinal: verdict.ordinal,
        currency: packet.currency,
      };
    case 'not_open':
      return { outcome: 'not_open', opensAt: verdict.opensAtMs };
    case 'not_eligible':
      return { outcome: 'not_eligible', reason: 'members' };
    case 'busy':
      return busy();
    default:
      return { outcome: verdict.outcome };
  }
}

/** Jittered, so that those who were turned away together don't come back together. */
function busy(): GrabResult<number> {
  const retryAfterMs =
    BUSY_RETRY_MS_MIN + Math.floor(Math.random() * (BUSY_RETRY_MS_MAX - BUSY_RETRY_MS_MIN));
  return { outcome: 'busy', retryAfterMs };
}
