import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { GateVerdict } from '@app/eligibility';
import { quietly } from '@app/observability';
import { triesMaxOf, type GrabVerdict } from '@app/packet-store';
import { GatewayParts } from '../parts.js';
import type { ListedPacket } from './packet-directory.js';

/** Some 100 bytes each. */
const CLAIMS_KEPT_MAX = 500_000;
/** Of a packet with more claims nobody's are kept: reading them takes the store longer than answering. */
const CLAIMS_OF_PACKET_MAX = 20_000;

interface Ended {
  word: 'empty' | 'closed';
  /** Which process of the store said so. */
  process: string;
  claims: Map<string, GrabVerdict>;
}

const EMPTY: GrabVerdict = Object.freeze({ outcome: 'empty' });
const CLOSED: GrabVerdict = Object.freeze({ outcome: 'closed' });
const UNMET: GrabVerdict = Object.freeze({ outcome: 'not_eligible' });

/**
 * Packets that are sold out or over, with their claims: what a grab of them comes to can't change any more, so the store is
 * not asked again. Most taps of a mass drop come after its last share. True as long as the same Redis process serves the
 * packet: one that came back, or took over, without the last writes has shares again.
 */
@Injectable()
export class EndedPackets {
  private readonly packets = new LRUCache<string, Ended>({
    maxSize: CLAIMS_KEPT_MAX,
    sizeCalculation: ({ claims }) => claims.size + 1,
  });
  private readonly loading = new Set<string>();
  private readonly report;

  constructor(private readonly parts: GatewayParts) {
    this.report = quietly((_key, error) => parts.logger.warn({ err: error }, 'claims of an ended packet'));
  }

  /** Undefined: not known to be over. The same as the grab script says, in its order. */
  verdict({ packetId }: ListedPacket, userId: string, { mark }: GateVerdict): GrabVerdict | undefined {
    const ended = this.packets.get(packetId);
    if (!ended || ended.process !== this.parts.store.processOf(packetId)) return undefined;
    const claim = ended.claims.get(userId);
    if (claim) return claim;
    if (ended.word === 'closed') return CLOSED;
    return mark === 'met' ? EMPTY : UNMET;
  }

  /** What the store just said of a packet. */
  heard(packet: ListedPacket, { outcome }: GrabVerdict): void {
    if (outcome !== 'empty' && outcome !== 'closed') return;
    const { packetId } = packet;
    if (!canBeToldHere(packet, outcome) || this.loading.has(packetId)) return;
    this.loading.add(packetId);
    this.load(packetId, outcome)
      .catch((error: Error) => this.report('load', error))
      .finally(() => this.loading.delete(packetId));
  }

  private async load(packetId: string, word: 'empty' | 'closed'): Promise<void> {
    const { store } = this.parts;
    const process = store.processOf(packetId);
    const stored = await store.inspect(packetId);
    // One that is spread has partitions on other processes too.
    if (!process || !stored || stored.terms.partitions || stored.claimCount > CLAIMS_OF_PACKET_MAX) return;
    const claims = await store.claims(packetId);
    // Claims are forgotten some time after the close: part of them would make losers of winners.
    const expected = word === 'empty' ? stored.terms.count : stored.claimCount;
    if (process !== store.processOf(packetId) || claims.length !== expected) return;
    const verdicts = claims.map(
      ({ userId, ordinal, amount }) =>
        [userId, { outcome: 'already', ordinal, amount } as GrabVerdict] as const,
    );
    this.packets.set(packetId, { word, process, claims: new Map(verdicts) });
  }
}

/** Where a list, a cap or the like comes before the word, only the grab script can say it. */
function canBeToldHere({ rules }: ListedPacket, word: 'empty' | 'closed'): boolean {
  const campaign = rules?.campaign;
  if (!rules) return true;
  if (campaign?.audienceId || campaign?.audience.kind === 'list') return false;
  if (word === 'closed') return true;
  if (campaign && (Object.keys(campaign.caps).length > 0 || campaign.onceKey || campaign.tier)) return false;
  return triesMaxOf(rules) === undefined;
}
