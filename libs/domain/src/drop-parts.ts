export interface PartPacket {
  kind: 'lucky' | 'fixed';
  amount: number;
  count: number;
}

export interface PartedDrop {
  packet: PartPacket;
  tiers: readonly { packet: PartPacket }[];
  rain?: { rounds: number; roundSeconds: number; gapSeconds: number; catchesPerRound: number };
}

/** One packet of a drop. `part` names it; `afterMs`: how long after the drop it opens; `roundMs`: how long a round lasts. */
export interface DropPart {
  part: string;
  packet: PartPacket;
  afterMs: number;
  /** Index into the drop's tiers. */
  tier?: number;
  /** Both from 1. */
  round?: number;
  lane?: number;
  roundMs?: number;
}

/**
 * The packets of which a drop consists: its own, one for each tier, or for rain one for each round and catch. A person
 * has at most one claim on a packet (I2), so who may catch three in a round catches from three packets. Amounts and
 * counts add up to those of the drop, to the fen.
 */
export function partsOfDrop({ packet, tiers, rain }: PartedDrop): DropPart[] {
  if (!rain) {
    const own: DropPart = { part: 'base', packet, afterMs: 0 };
    return [
      own,
      ...tiers.map((tier, k) => ({ part: `tier:${k + 1}`, packet: tier.packet, afterMs: 0, tier: k })),
    ];
  }
  const { rounds, roundSeconds, gapSeconds, catchesPerRound } = rain;
  return splitEvenly(packet, rounds * catchesPerRound).map((lanePacket, k) => {
    const round = Math.floor(k / catchesPerRound) + 1;
    const lane = (k % catchesPerRound) + 1;
    return {
      part: `round:${round}:${lane}`,
      packet: lanePacket,
      afterMs: (round - 1) * (roundSeconds + gapSeconds) * 1_000,
      ...{ round, lane, roundMs: roundSeconds * 1_000 },
    };
  });
}

/** What a drop gives at most, over all its packets. */
export function amountOfDrop({ packet, tiers }: PartedDrop): number {
  return packet.amount + tiers.reduce((sum, tier) => sum + tier.packet.amount, 0);
}

/** From the opening to the end of the last round, in milliseconds; 0 without rain. */
export function rainMs({ rain }: PartedDrop): number {
  return rain ? (rain.rounds * rain.roundSeconds + (rain.rounds - 1) * rain.gapSeconds) * 1_000 : 0;
}

/** As split-v1 cuts a packet into blocks: by shares, and the amount in proportion. Needs `count >= pieces`. */
function splitEvenly({ kind, amount, count }: PartPacket, pieces: number): PartPacket[] {
  const sharesTo = (piece: number) => Math.floor((count * piece) / pieces);
  const amountTo = (shares: number) => Number((BigInt(amount) * BigInt(shares)) / BigInt(count));
  return Array.from({ length: pieces }, (_, piece) => {
    const [from, to] = [sharesTo(piece), sharesTo(piece + 1)];
    return { kind, count: to - from, amount: amountTo(to) - amountTo(from) };
  });
}
