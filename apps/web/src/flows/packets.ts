import type { HongbaoClient } from '@app/client';
import type { PacketView } from '@app/contracts';
import { textNow } from '../i18n/index.js';
import { failureOf } from '../net/failure.js';
import { request } from '../net/socket.js';
import type { Packet } from '../state/merge.js';
import {
  closePacket,
  packetsStore,
  progressPacket,
  putPacket,
  recordWin,
  setClaims,
} from '../state/packets.js';
import { addPacketToLog, addUnread } from '../state/rooms.js';
import { myId } from '../state/session.js';
import { announce, uiStore } from '../state/ui.js';
import { loadWallet } from './wallet.js';

const INSPECT_PAUSE_MS = 1_000;

export function fromHttp(packet: PacketView): Packet {
  return { ...packet, opensAt: Date.parse(packet.opensAt), expiresAt: Date.parse(packet.expiresAt) };
}

/** A packet that falls while I look, whether pushed or my own. */
export function dropIn(packet: Packet): void {
  const { packetId, roomId, senderId, senderName, greeting } = packet;
  const known = packetId in packetsStore.get().byId;
  putPacket(packet, !known);
  // A campaign's packet belongs to no conversation: the strip above it shows and tells it.
  if (roomId === null) return;
  if (!addPacketToLog(roomId, packetId, packet.opensAt)) return;
  if (roomId !== uiStore.get().roomId) addUnread(roomId);
  else if (senderId !== myId()) {
    announce(textNow().packet.fell(senderName, greeting || textNow().packet.defaultGreeting));
  }
}

export function hearPackets(client: HongbaoClient): void {
  client.on('packet:announced', dropIn);
  client.on('packet:dropped', dropIn);
  client.on('packet:progressed', (progress) => {
    progressPacket(progress);
    inspectIfShown(progress.packetId);
  });
  client.on('packet:closed', (closed) => {
    closePacket(closed);
    inspectIfShown(closed.packetId);
    // What was held for my packet has moved to others, which no push of my own wallet tells.
    if (packetsStore.get().byId[closed.packetId]?.senderId === myId()) void loadWallet();
  });
}

/** Fetches a packet and its claims. What I won myself is found among them. */
export async function inspect(packetId: string): Promise<void> {
  setClaims(packetId, { loading: true, failed: null });
  try {
    const { packet, claims } = await request('packet:inspect', { packetId });
    putPacket(packet);
    setClaims(packetId, { list: claims, loading: false });
    const own = claims.find(({ userId }) => userId === myId());
    if (own) recordWin(packetId, own.amount, myId());
  } catch (error) {
    setClaims(packetId, { loading: false, failed: failureOf(error).code });
  }
}

let inspectTimer: ReturnType<typeof setTimeout> | undefined;

function shown(packetId: string): boolean {
  const { dialog } = uiStore.get();
  return dialog?.kind === 'details' && dialog.packetId === packetId;
}

/** The detail list follows the grabs, at most once a second. */
function inspectIfShown(packetId: string): void {
  if (!shown(packetId) || inspectTimer) return;
  inspectTimer = setTimeout(() => {
    inspectTimer = undefined;
    if (shown(packetId)) void inspect(packetId);
  }, INSPECT_PAUSE_MS);
}

/** After an interruption: packets that I last saw open may be closed by now. */
export async function refreshOpenPackets(): Promise<void> {
  const open = Object.values(packetsStore.get().byId).filter(
    ({ state, roomId }) => roomId !== null && (state === 'open' || state === 'armed'),
  );
  for (const { packetId } of open.slice(-10)) await inspect(packetId);
}
