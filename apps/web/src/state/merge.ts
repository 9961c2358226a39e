import type { MessageView, PacketClosed, PacketProgressed, PacketView } from '@app/contracts';

export type Packet = PacketView<number>;
export type Message = MessageView<number>;

const MESSAGES_KEPT = 400;

/** Messages by id, in order of time. What is there already stays, so a message that came twice is shown once. */
export function mergeMessages(known: readonly Message[], incoming: readonly Message[]): Message[] {
  const ids = new Set(known.map(({ messageId }) => messageId));
  const added = incoming.filter(({ messageId }) => !ids.has(messageId) && ids.add(messageId));
  if (added.length === 0) return known as Message[];
  const all = [...known, ...added];
  all.sort((a, b) => a.at - b.at || (a.messageId < b.messageId ? -1 : 1));
  return all.slice(-MESSAGES_KEPT);
}

const AGE = { armed: 0, open: 1, finished: 2, expired: 2 } as const;

/** A packet only moves on: news that were overtaken on the way do not open it again or give shares back. */
export function mergePacket(known: Packet | undefined, incoming: Packet): Packet {
  if (!known) return incoming;
  const newer = AGE[incoming.state] >= AGE[known.state] ? incoming : known;
  const fewer = incoming.remaining.count < known.remaining.count ? incoming.remaining : known.remaining;
  const bestLuck = incoming.bestLuck ?? known.bestLuck;
  const refunded = incoming.refunded ?? known.refunded;
  return {
    // News may leave out what does not change, such as the cover.
    ...known,
    ...incoming,
    state: newer.state,
    remaining: fewer,
    // What was promised before the opening is what a split is held to, whatever is said later.
    commitment: known.commitment,
    ...(bestLuck ? { bestLuck } : {}),
    ...(refunded === undefined ? {} : { refunded }),
  };
}

export function withProgress(packet: Packet, { remaining }: PacketProgressed): Packet {
  return remaining.count < packet.remaining.count ? { ...packet, remaining } : packet;
}

export function withClose(packet: Packet, { state, bestLuck, refunded }: PacketClosed): Packet {
  const remaining = state === 'finished' ? { count: 0, amount: 0 } : packet.remaining;
  return { ...packet, state, refunded, remaining, ...(bestLuck ? { bestLuck } : {}) };
}

/** Of the announced and open packets known before the list was asked for, those that it does not have. */
export function missingFrom(
  known: readonly Packet[],
  listed: readonly Packet[],
  now: number,
): { calledOff: string[]; over: Packet[] } {
  const ids = new Set(listed.map(({ packetId }) => packetId));
  const missing = known.filter(({ packetId, state }) => AGE[state] < AGE.finished && !ids.has(packetId));
  return {
    calledOff: missing.filter(({ opensAt }) => opensAt > now).map(({ packetId }) => packetId),
    over: missing.filter(({ opensAt }) => opensAt <= now),
  };
}

export type TimelineItem =
  | { kind: 'message'; at: number; key: string; message: Message }
  | { kind: 'packet'; at: number; key: string };

/** Messages and packets of a room in one line of time; `key` of a packet is its id. */
export function interleave(
  messages: readonly Message[],
  packets: readonly { packetId: string; at: number }[],
): TimelineItem[] {
  const items: TimelineItem[] = [
    ...messages.map((message) => ({
      kind: 'message' as const,
      at: message.at,
      key: message.messageId,
      message,
    })),
    ...packets.map(({ packetId, at }) => ({ kind: 'packet' as const, at, key: packetId })),
  ];
  return items.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
}
