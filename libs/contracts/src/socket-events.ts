import type { SocketError } from './errors.js';
import type { BestLuck, ClaimView, GrabResult, PacketView, SendPacket } from './packets.js';
import type { Answers } from './gates.js';
import type { JoinAck, MessageView } from './rooms.js';
import type { EntryView } from './wallet.js';

type Ack<T> = (answer: T | SocketError) => void;

/** What a client may send. Every request is acknowledged with what it asked for, or `{error}`. */
export interface ClientEvents {
  'room:join': (request: { roomId: string }, ack: Ack<JoinAck>) => void;
  'room:leave': (request: { roomId: string }, ack: Ack<Record<string, never>>) => void;
  'message:post': (
    request: { roomId: string; text: string },
    ack: Ack<{ messageId: string; at: number }>,
  ) => void;
  'packet:send': (
    request: SendPacket & { idempotencyKey: string },
    ack: Ack<{ packet: PacketView<number> }>,
  ) => void;
  'packet:grab': (request: { packetId: string; answers?: Answers }, ack: Ack<GrabResult<number>>) => void;
  'packet:inspect': (
    request: { packetId: string },
    ack: Ack<{ packet: PacketView<number>; claims: ClaimView<number>[] }>,
  ) => void;
  /** Packets of campaigns that are announced or open for the asking person, by their opening. */
  'packets:list': (request: Record<string, never>, ack: Ack<{ packets: PacketView<number>[] }>) => void;
  'clock:sync': (request: Record<string, never>, ack: Ack<{ serverTimeMs: number }>) => void;
}

export interface PacketProgressed {
  packetId: string;
  remaining: { count: number; amount: number };
}

export interface PacketClosed {
  packetId: string;
  state: 'finished' | 'expired';
  bestLuck?: BestLuck;
  refunded: number;
  seed: string;
}

export interface WalletChanged {
  currency: string;
  available: number;
  entry: EntryView<number>;
}

export interface PresenceChanged {
  roomId: string;
  online: number;
}

/** What the server pushes. Instants are epoch milliseconds. */
export interface ServerEvents {
  'message:posted': (message: MessageView<number>) => void;
  'packet:announced': (packet: PacketView<number>) => void;
  'packet:dropped': (packet: PacketView<number>) => void;
  'packet:progressed': (progress: PacketProgressed) => void;
  'packet:closed': (closed: PacketClosed) => void;
  'wallet:changed': (change: WalletChanged) => void;
  /** People came or went; at most once a second for a room. */
  'presence:changed': (presence: PresenceChanged) => void;
}
