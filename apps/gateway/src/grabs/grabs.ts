import { Injectable } from '@nestjs/common';
import { RefusalError, type Answers, type GrabResult } from '@app/contracts';
import type { GateVerdict } from '@app/eligibility';
import { busyResult, grabResultOf, type GrabVerdict } from '@app/packet-store';
import { ApiClient } from '../http/api-client.js';
import { GatewayParts } from '../parts.js';
import type { SocketData } from '../sockets/person.js';
import type { Caller } from './callers.js';
import { EndedPackets } from './ended-packets.js';
import { Gatekeeper } from './gatekeeper.js';
import { GrabMetrics } from './grab-metrics.js';
import { PacketDirectory, type ListedPacket } from './packet-directory.js';
import { Shakes } from './shakes.js';

/** An error is a refusal, or nothing that was foreseen. */
export type GrabAnswer = (answer: GrabResult<number> | Error) => void;

/** The path of one grab in the gateway: who may grab is known here, who wins is for the packet store to say. */
@Injectable()
export class Grabs {
  private stopped = false;

  constructor(
    private readonly parts: GatewayParts,
    private readonly directory: PacketDirectory,
    private readonly gatekeeper: Gatekeeper,
    private readonly shakes: Shakes,
    private readonly ended: EndedPackets,
    private readonly metrics: GrabMetrics,
    private readonly api: ApiClient,
  ) {}

  stop(): void {
    this.stopped = true;
  }

  /** The packet, when it can be grabbed at once: nobody has to be asked about it, about this person or their gates. */
  knownFor(asker: SocketData, packetId: string): ListedPacket | undefined {
    const packet = this.directory.known(packetId);
    return packet && !this.stopped && this.gatekeeper.isSureOf(packet, asker) ? packet : undefined;
  }

  /** The path of nearly every grab: nothing is waited for but the store. For a packet that `knownFor` gave just now. */
  grabAtOnce(asker: SocketData, packet: ListedPacket, answer: GrabAnswer): void {
    const { userId } = asker.person;
    const gates = this.gatekeeper.judgeAtOnce(packet, userId, undefined);
    this.decide(asker, packet, gates, undefined, this.metrics.timed(packet, userId, answer));
  }

  /** Throws RefusalError `not_found` for a packet that is unknown, or not meant for this person. */
  async grab(asker: SocketData, packetId: string, answers?: Answers): Promise<GrabResult<number>> {
    const { person } = asker;
    const packet =
      this.directory.known(packetId) ?? (await this.directory.find(packetId).catch(() => 'away' as const));
    if (this.stopped || packet === 'away') return this.metrics.count(busyResult());
    // Not in the store: closed long ago, never made, or lost and to be put back. The api tells them apart.
    if (!packet) return this.metrics.count(await this.askApi(asker, packetId, answers));
    if (!(await this.gatekeeper.isForThem(packet, asker))) throw new RefusalError('not_found');
    // Rejects when the store, which holds the tasks that were done, is away.
    const gates = await this.gatekeeper.judge(packet, person.userId, answers).catch(() => undefined);
    if (!gates) return this.metrics.count(busyResult());
    return new Promise((resolve, reject) => {
      const answer: GrabAnswer = (result) => (result instanceof Error ? reject(result) : resolve(result));
      this.decide(asker, packet, gates, answers, this.metrics.timed(packet, person.userId, answer));
    });
  }

  private decide(
    asker: SocketData,
    packet: ListedPacket,
    gates: GateVerdict,
    answers: Answers | undefined,
    answer: GrabAnswer,
  ): void {
    const { userId } = asker.person;
    const missed = this.shakes.answer(packet, userId, gates);
    if (missed) return answer(missed);
    const told = (verdict: GrabVerdict) => {
      if (verdict.outcome === 'not_found') answer(new RefusalError('not_found'));
      else if (verdict.outcome === 'unknown')
        this.askApi(asker, packet.packetId, answers).then(answer, answer);
      else answer(grabResultOf(verdict, packet.currency, gates.reason));
    };
    const known = this.ended.verdict(packet, userId, gates);
    if (known) told(known);
    else this.askStore(asker.caller, packet, gates, told);
  }

  /** One grab of a user and packet at a time: whoever asks again meanwhile hears what came of it. */
  private askStore(
    { userId, inFlight }: Caller,
    packet: ListedPacket,
    { mark }: GateVerdict,
    told: (verdict: GrabVerdict) => void,
  ): void {
    const { packetId, ref, isSameForAll } = packet;
    const before = isSameForAll ? inFlight.get(packetId) : undefined;
    if (before) return void before.push(told);
    const again: ((verdict: GrabVerdict) => void)[] = [];
    if (isSameForAll) inFlight.set(packetId, again);
    this.parts.batcher.submit(ref, { userId, mark }, (verdict) => {
      inFlight.delete(packetId);
      this.shakes.heard(packet, userId, verdict);
      this.ended.heard(packet, userId, verdict);
      told(verdict);
      if (again.length === 0) return;
      const toldNow: GrabVerdict = verdict.outcome === 'won' ? { ...verdict, outcome: 'already' } : verdict;
      for (const tell of again) tell(toldNow);
    });
  }

  private async askApi(
    { person }: SocketData,
    packetId: string,
    answers?: Answers,
  ): Promise<GrabResult<number>> {
    const path = `/packets/${packetId}/grabs`;
    const { opensAt, ...result } = await this.api.post<GrabResult>(person, path, answers ? { answers } : {});
    return opensAt === undefined ? result : { ...result, opensAt: Date.parse(opensAt) };
  }
}
