import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { GateVerdict } from '@app/eligibility';
import { quietly } from '@app/observability';
import { triesMaxOf, type GrabVerdict } from '@app/packet-store';
import { GatewayParts } from '../parts.js';
import type { ListedPacket } from './packet-directory.js';

/** Some 100 bytes each. */
const CLAIMS_KEPT_MAX = 500_000;
/** Of a packet with more claims none are read, but each person's own answer is kept once it was given. */
const CLAIMS_READ_MAX = 20_000;
/** Some 200 bytes each. */
const ANSWERS_KEPT_MAX = 200_000;
const PACKETS_KEPT_MAX = 10_000;

interface Ended {
  word: 'empty' | 'closed';
  /** Of the store's processes, when it said so. */
  generation: number;
  /** Undefined: too many, or not read yet. */
  claims: Map<string, GrabVerdict> | undefined;
}

const EMPTY: GrabVerdict = Object.freeze({ outcome: 'empty' });
const CLOSED: GrabVerdict = Object.freeze({ outcome: 'closed' });
const UNMET: GrabVerdict = Object.freeze({ outcome: 'not_eligible' });

/**
 * Packets that are sold out or over: what a grab of them comes to can't change any more, so the store is not asked again.
 * Most taps of a mass drop come after its last share. True as long as no Redis process was lost sight of: one that came
 * back, or took over, without the last writes has shares again.
 */
@Injectable()
export class EndedPackets {
  private readonly packets = new LRUCache<string, Ended>({
    ...{ max: PACKETS_KEPT_MAX, maxSize: CLAIMS_KEPT_MAX },
    sizeCalculation: ({ claims }) => (claims?.size ?? 0) + 1,
  });
  private readonly answers = new LRUCache<string, GrabVerdict>({ max: ANSWERS_KEPT_MAX });
  private readonly report;

  constructor(private readonly parts: GatewayParts) {
    this.report = quietly((_key, error) => parts.logger.warn({ err: error }, 'claims of an ended packet'));
  }

  /** Undefined: not known to be over. The same as the grab script says, in its order. */
  verdict({ packetId }: ListedPacket, userId: string, { mark }: GateVerdict): GrabVerdict | undefined {
    const ended = this.packets.get(packetId);
    if (!ended || ended.generation !== this.parts.store.generation) return undefined;
    if (!ended.claims)
      return mark === 'met' ? this.answers.get(answerKey(ended, packetId, userId)) : undefined;
    const claim = ended.claims.get(userId);
    if (claim) return claim;
    if (ended.word === 'closed') return CLOSED;
    return mark === 'met' ? EMPTY : UNMET;
  }

  /** What the store just said of a packet to this person. */
  heard(packet: ListedPacket, userId: string, verdict: GrabVerdict): void {
    const { packetId } = packet;
    const { outcome } = verdict;
    if (outcome !== 'empty' && outcome !== 'closed' && outcome !== 'already') return;
    const { generation } = this.parts.store;
    let ended = this.packets.get(packetId);
    if (ended?.generation !== generation) {
      if (outcome === 'already' || !canBeToldHere(packet, outcome)) return;
      ended = { word: outcome, generation, claims: undefined };
      this.packets.set(packetId, ended);
      this.readClaims(packetId, ended).catch((error: Error) => this.report('read', error));
    }
    if (!ended.claims) this.answers.set(answerKey(ended, packetId, userId), verdict);
  }

  private async readClaims(packetId: string, ended: Ended): Promise<void> {
    const { store } = this.parts;
    const stored = await store.inspect(packetId);
    if (!stored || stored.claimCount > CLAIMS_READ_MAX) return;
    const claims = await store.claims(packetId);
    // Claims are forgotten some time after the close: part of them would make losers of winners.
    const expected = ended.word === 'empty' ? stored.terms.count : stored.claimCount;
    if (ended.generation !== store.generation || claims.length !== expected) return;
    const verdicts = claims.map(
      ({ userId, ordinal, amount }) =>
        [userId, { outcome: 'already', ordinal, amount } as GrabVerdict] as const,
    );
    this.packets.set(packetId, { ...ended, claims: new Map(verdicts) });
  }
}

const answerKey = ({ generation }: Ended, packetId: string, userId: string): string =>
  `${generation} ${packetId} ${userId}`;

/** Where a list, a cap or the like comes before the word, only the grab script can say it. */
function canBeToldHere({ rules }: ListedPacket, word: 'empty' | 'closed'): boolean {
  const campaign = rules?.campaign;
  if (!rules) return true;
  if (campaign?.audienceId || campaign?.audience.kind === 'list') return false;
  if (word === 'closed') return true;
  if (campaign && (Object.keys(campaign.caps).length > 0 || campaign.onceKey || campaign.tier)) return false;
  return triesMaxOf(rules) === undefined;
}
