import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { GrabResult } from '@app/contracts';
import { shakeHits, type GateVerdict } from '@app/eligibility';
import { REFUSAL_WORDS, type GrabVerdict } from '@app/packet-store';
import type { ListedPacket } from './packet-directory.js';

const MISSED: GateVerdict = Object.freeze({ mark: 'unmet', reason: 'luck' });
const MISS: GrabResult<number> = Object.freeze({
  outcome: 'not_eligible',
  reason: 'luck',
  message: REFUSAL_WORDS.luck,
});
const PEOPLE_KEPT_MAX = 200_000;
/** What the store last said of a packet is believed for so long: a close in between is late by this. */
const PACKET_BELIEVED_MS = 250;
/** What it last said of a person: so long may somebody who won through another process be told that they missed. */
const PERSON_BELIEVED_MS = 2_000;

/**
 * Shakes (摇一摇): most miss, and a miss need not trouble the store. Only while the store said a moment ago that the packet
 * is open, and that this person has won nothing of it: any other miss goes on to the store, which says `already`,
 * `not_open` or `closed` where that is so.
 */
@Injectable()
export class Shakes {
  private readonly openUntilMs = new LRUCache<string, number>({ max: 1_000 });
  private readonly missingUntilMs = new LRUCache<string, number>({ max: PEOPLE_KEPT_MAX });

  /** Undefined: a hit, or not a packet that is shaken for. */
  draw({ rules }: ListedPacket): GateVerdict | undefined {
    const shake = rules?.campaign?.shake;
    return shake && !shakeHits(shake.oddsPercent) ? MISSED : undefined;
  }

  /** The answer to a miss, where it can be given here. */
  answer(
    { packetId }: ListedPacket,
    userId: string,
    { reason }: GateVerdict,
  ): GrabResult<number> | undefined {
    if (reason !== 'luck') return undefined;
    const nowMs = performance.now();
    const isKnown =
      (this.openUntilMs.get(packetId) ?? 0) >= nowMs &&
      (this.missingUntilMs.get(`${packetId} ${userId}`) ?? 0) >= nowMs;
    return isKnown ? MISS : undefined;
  }

  heard({ packetId, rules }: ListedPacket, userId: string, { outcome }: GrabVerdict): void {
    if (!rules?.campaign?.shake) return;
    const nowMs = performance.now();
    const isOpen = outcome === 'won' || outcome === 'not_eligible';
    this.openUntilMs.set(packetId, isOpen ? nowMs + PACKET_BELIEVED_MS : 0);
    if (outcome === 'not_eligible')
      this.missingUntilMs.set(`${packetId} ${userId}`, nowMs + PERSON_BELIEVED_MS);
    else this.missingUntilMs.delete(`${packetId} ${userId}`);
  }

  /** Of claims that were made through other processes, as they settle. */
  won(packetId: string, userId: string): void {
    this.missingUntilMs.delete(`${packetId} ${userId}`);
  }
}
