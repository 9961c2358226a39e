import type { Packet } from '../state/merge.js';
import { roundAt, roundsOf, type Round } from './rounds.js';

/** What stands on one card: a campaign's packet, or all packets of one rain. */
export interface Drop {
  /** The drop's id for a rain, the packet's for any other: people of several tiers may see several of one drop. */
  key: string;
  /** Stands for all of them: brand, greeting, cover, gates. */
  first: Packet;
  packets: Packet[];
  /** Empty for any drop but a rain. */
  rounds: Round[];
}

export type Won = Readonly<Record<string, number>>;

/** `paused`: a rain between two rounds. `won`, `empty`, `over`: nothing is left to do for me. */
export type DropPhase = 'announced' | 'open' | 'paused' | 'won' | 'empty' | 'over';

export interface Standing {
  drop: Drop;
  phase: DropPhase;
  /** When it opens, or its next round does, for as long as that is known and ahead. */
  opensAt: number | null;
  /** In all, by me. */
  won: number;
}

export function groupDrops(packets: readonly Packet[]): Drop[] {
  const byKey = new Map<string, Packet[]>();
  for (const packet of packets) {
    const key = packet.rain && packet.dropId ? packet.dropId : packet.packetId;
    const together = byKey.get(key);
    if (together) together.push(packet);
    else byKey.set(key, [packet]);
  }
  return [...byKey].map(([key, together]) => {
    const inOrder = together.sort((a, b) => a.opensAt - b.opensAt || laneOf(a) - laneOf(b));
    return { key, first: inOrder[0]!, packets: inOrder, rounds: roundsOf(inOrder) };
  });
}

const laneOf = (packet: Packet) => packet.rain?.lane ?? 0;

function phaseOfOne(packet: Packet, won: Won, now: number): DropPhase {
  if (won[packet.packetId] !== undefined) return 'won';
  if (packet.state === 'finished') return 'empty';
  if (packet.state === 'expired' || now >= packet.expiresAt) return 'over';
  // By the server's clock, not by the news: they may be late, and a grab is judged by the clock.
  if (now < packet.opensAt) return 'announced';
  return packet.remaining.count === 0 ? 'empty' : 'open';
}

function phaseOfRain({ rounds }: Drop, total: number, now: number): DropPhase {
  const { stage } = roundAt(rounds, now);
  if (stage === 'before') return 'announced';
  if (stage === 'running') return 'open';
  if (stage === 'between') return 'paused';
  return total > 0 ? 'won' : 'over';
}

export function standingOf(drop: Drop, won: Won, now: number): Standing {
  const total = drop.packets.reduce((sum, { packetId }) => sum + (won[packetId] ?? 0), 0);
  const phase = drop.rounds.length > 0 ? phaseOfRain(drop, total, now) : phaseOfOne(drop.first, won, now);
  const ahead = drop.packets.find(({ opensAt }) => opensAt > now);
  const waits = phase === 'announced' || phase === 'paused';
  return { drop, phase, opensAt: waits && ahead ? ahead.opensAt : null, won: total };
}

const isDone = (phase: DropPhase) => phase === 'won' || phase === 'empty' || phase === 'over';

const PLACES: Record<DropPhase, number> = { announced: 0, paused: 1, open: 2, won: 3, empty: 3, over: 3 };

/** How long a card stands after its drop was over for me. */
export const DONE_SHOWN_MS = 60_000;

/**
 * The cards to show: announced ones first, the soonest leading, then open ones, the latest leading, then what is over.
 * `doneSince`: when each was first seen to be over; cards go away by themselves some time after.
 */
export function cardsToShow(
  standings: readonly Standing[],
  doneSince: ReadonlyMap<string, number>,
  dismissed: Readonly<Record<string, true>>,
  now: number,
): Standing[] {
  return standings
    .filter(({ drop, phase }) => {
      if (dismissed[drop.key]) return false;
      return !isDone(phase) || now - (doneSince.get(drop.key) ?? now) < DONE_SHOWN_MS;
    })
    .sort((a, b) => {
      const place = PLACES[a.phase] - PLACES[b.phase];
      if (place !== 0) return place;
      const soonest = a.drop.first.opensAt - b.drop.first.opensAt;
      return a.phase === 'announced' ? soonest : -soonest;
    });
}

export function noteDone(standings: readonly Standing[], doneSince: Map<string, number>, now: number): void {
  for (const { drop, phase } of standings) {
    if (!isDone(phase)) doneSince.delete(drop.key);
    else if (!doneSince.has(drop.key)) doneSince.set(drop.key, now);
  }
}
