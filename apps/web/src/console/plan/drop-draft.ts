import type { DropView, PacketKind } from '@app/contracts';
import { typedMoney } from './details-draft.js';
import { durationOf, toLocal, type DurationDraft } from './instants.js';
import { gateDraftOf, type GateDraft } from './gate-draft.js';
import { newSegment, segmentDraftOf, type SegmentDraft } from './segment-draft.js';

export interface PacketDraft {
  kind: PacketKind;
  amount: string;
  count: string;
}

export interface TierDraft {
  name: string;
  by: 'segment' | 'list' | 'neverWon';
  segment: SegmentDraft;
  audienceId: string;
  packet: PacketDraft;
}

export type AudienceKind = 'everyone' | 'room' | 'list' | 'segment';
export type DropWay = 'plain' | 'rain' | 'shake';

/** A drop as it is typed. What is not chosen is kept, so that going back and forth between choices loses nothing. */
export interface DropDraft {
  opensAt: string;
  announce: DurationDraft;
  expires: DurationDraft;
  audience: { kind: AudienceKind; roomId: string; audienceId: string; segment: SegmentDraft };
  packet: PacketDraft;
  tiers: TierDraft[];
  gates: GateDraft[];
  way: DropWay;
  rain: { rounds: string; roundSeconds: string; gapSeconds: string; catchesPerRound: string };
  shake: { oddsPercent: string; release: DurationDraft };
  greeting: string;
}

export const newPacket = (): PacketDraft => ({ kind: 'lucky', amount: '', count: '' });

export const newTier = (): TierDraft => ({
  ...{ name: '', by: 'segment', audienceId: '', packet: newPacket() },
  segment: newSegment(),
});

export function newDrop(opensAt: number): DropDraft {
  return {
    opensAt: toLocal(opensAt),
    announce: { n: '1', unit: 'm' },
    expires: { n: '1', unit: 'h' },
    audience: { kind: 'everyone', roomId: '', audienceId: '', segment: newSegment() },
    packet: newPacket(),
    tiers: [],
    gates: [],
    way: 'plain',
    rain: { rounds: '3', roundSeconds: '15', gapSeconds: '10', catchesPerRound: '1' },
    shake: { oddsPercent: '20', release: { n: '1', unit: 'm' } },
    greeting: '',
  };
}

function packetDraftOf({ kind, amount, count }: DropView['packet'], currency: string): PacketDraft {
  return { kind, amount: typedMoney(amount, currency), count: String(count) };
}

function tierDraftOf(tier: DropView['tiers'][number], currency: string): TierDraft {
  return {
    name: tier.name,
    by: tier.neverWon ? 'neverWon' : tier.audienceId ? 'list' : 'segment',
    segment: segmentDraftOf(tier.segment),
    audienceId: tier.audienceId ?? '',
    packet: packetDraftOf(tier.packet, currency),
  };
}

export function dropDraftOf(view: DropView, currency: string): DropDraft {
  const { audience, rain, shake } = view;
  const blank = newDrop(0);
  return {
    opensAt: toLocal(view.opensAt),
    announce: durationOf(view.announceSeconds),
    expires: durationOf(view.expiresInSeconds),
    audience: {
      kind: audience.kind,
      roomId: audience.kind === 'room' ? audience.roomId : '',
      audienceId: audience.kind === 'list' ? audience.audienceId : '',
      segment: segmentDraftOf(audience.kind === 'segment' ? audience.segment : undefined),
    },
    packet: packetDraftOf(view.packet, currency),
    tiers: view.tiers.map((tier) => tierDraftOf(tier, currency)),
    gates: view.gates.map(gateDraftOf),
    way: rain ? 'rain' : shake ? 'shake' : 'plain',
    rain: rain
      ? {
          ...{ rounds: String(rain.rounds), roundSeconds: String(rain.roundSeconds) },
          ...{ gapSeconds: String(rain.gapSeconds), catchesPerRound: String(rain.catchesPerRound) },
        }
      : blank.rain,
    shake: shake
      ? { oddsPercent: String(shake.oddsPercent), release: durationOf(shake.releaseSeconds) }
      : blank.shake,
    greeting: view.greeting ?? '',
  };
}
