import type { ClaimView, GrabResult, PacketView } from './packets.js';
import type { EntryView } from './wallet.js';
import type { MessageView } from './rooms.js';

/** HTTP's instants (ISO 8601) to the sockets' (epoch milliseconds). */
export function packetOnSocket(packet: PacketView): PacketView<number> {
  return { ...packet, opensAt: Date.parse(packet.opensAt), expiresAt: Date.parse(packet.expiresAt) };
}

export function claimOnSocket(claim: ClaimView): ClaimView<number> {
  return { ...claim, at: Date.parse(claim.at) };
}

export function messageOnSocket(message: MessageView): MessageView<number> {
  return { ...message, at: Date.parse(message.at) };
}

export function entryOnSocket(entry: EntryView): EntryView<number> {
  return { ...entry, at: Date.parse(entry.at) };
}

/** A grab's answer, decided with epoch milliseconds, as HTTP says it. */
export function grabOnHttp({ opensAt, ...result }: GrabResult<number>): GrabResult {
  return opensAt === undefined ? result : { ...result, opensAt: new Date(opensAt).toISOString() };
}
