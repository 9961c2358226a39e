import { opensAtFor } from '@app/client';
import type { ClaimView, GrabResult, PacketClosed, PacketProgressed } from '@app/contracts';
import type { FailureCode } from '../net/failure.js';
import { mergePacket, withClose, withProgress, type Packet } from './merge.js';
import { myId } from './session.js';
import { remember, remembered } from './storage.js';
import { createStore } from './store.js';

/** Where my grab of a packet stands. `note`: why it takes longer than it should. */
export type GrabPhase =
  | { step: 'asking'; note: 'busy' | 'unknown' | 'offline' | 'not_open' | null }
  | { step: 'told'; result: GrabResult<number> }
  | { step: 'refused'; code: FailureCode };

export interface Claims {
  list: ClaimView<number>[];
  failed: FailureCode | null;
  loading: boolean;
}

export interface PacketsState {
  byId: Record<string, Packet>;
  grabs: Record<string, GrabPhase>;
  /** What I won, by packet, kept over reloads: the server tells it only to those who ask. */
  won: Record<string, number>;
  claims: Record<string, Claims>;
  /** A campaign's packet was heard of, so there is something to show above the conversation. */
  campaigns: boolean;
  /** Came while I looked, so it falls into the conversation instead of standing there. */
  fresh: Record<string, true>;
}

const WON_KEPT = 300;
const empty: PacketsState = { byId: {}, grabs: {}, won: {}, claims: {}, campaigns: false, fresh: {} };

export const packetsStore = createStore<PacketsState>(empty);

export function resetPackets(userId: string | null): void {
  packetsStore.set({ ...empty, won: (userId && remembered<Record<string, number>>(`won.${userId}`)) || {} });
}

/** Where openings are staggered, a packet is kept with my own instant: everything that looks at the clock goes by it. */
export function mine({ staggerMs, ...packet }: Packet, userId: string): Packet {
  return staggerMs ? { ...packet, opensAt: opensAtFor({ ...packet, staggerMs }, userId) } : packet;
}

export function putPacket(heard: Packet, fresh = false): void {
  const packet = mine(heard, myId());
  packetsStore.set((state) => ({
    byId: { ...state.byId, [packet.packetId]: mergePacket(state.byId[packet.packetId], packet) },
    campaigns: state.campaigns || packet.roomId === null,
    fresh: fresh ? { ...state.fresh, [packet.packetId]: true } : state.fresh,
  }));
}

export function removePackets(packetIds: readonly string[]): void {
  if (packetIds.length === 0) return;
  const gone = new Set(packetIds);
  packetsStore.set(({ byId }) => ({
    byId: Object.fromEntries(Object.entries(byId).filter(([packetId]) => !gone.has(packetId))),
  }));
}

function changePacket(packetId: string, change: (packet: Packet) => Packet): void {
  const known = packetsStore.get().byId[packetId];
  if (!known) return;
  const next = change(known);
  if (next !== known) packetsStore.set(({ byId }) => ({ byId: { ...byId, [packetId]: next } }));
}

export const progressPacket = (progress: PacketProgressed) =>
  changePacket(progress.packetId, (packet) => withProgress(packet, progress));

export const closePacket = (closed: PacketClosed) =>
  changePacket(closed.packetId, (packet) => withClose(packet, closed));

export function setGrab(packetId: string, phase: GrabPhase): void {
  packetsStore.set(({ grabs }) => ({ grabs: { ...grabs, [packetId]: phase } }));
}

export function forgetGrab(packetId: string): void {
  const grabs = { ...packetsStore.get().grabs };
  delete grabs[packetId];
  packetsStore.set({ grabs });
}

export function recordWin(packetId: string, amount: number, userId: string): void {
  if (packetsStore.get().won[packetId] === amount) return;
  const entries = Object.entries({ ...packetsStore.get().won, [packetId]: amount }).slice(-WON_KEPT);
  const won = Object.fromEntries(entries);
  remember(`won.${userId}`, won);
  packetsStore.set({ won });
}

export function setClaims(packetId: string, change: Partial<Claims>): void {
  packetsStore.set(({ claims }) => {
    const known = claims[packetId] ?? { list: [], failed: null, loading: false };
    return { claims: { ...claims, [packetId]: { ...known, ...change } } };
  });
}

/** What a card says of a packet, from where I stand. */
export type CardState = 'armed' | 'open' | 'won' | 'empty' | 'expired';

export function cardState(packet: Packet, won: number | undefined): CardState {
  if (won !== undefined) return 'won';
  if (packet.state === 'finished') return 'empty';
  if (packet.state === 'open' && packet.remaining.count === 0) return 'empty';
  return packet.state;
}
