import type { Socket } from 'socket.io-client';
import type { ServerEvents } from '@app/contracts';
import { textNow } from '../i18n/index.js';
import { connect, disconnect } from '../net/socket.js';
import { roomsStore } from '../state/rooms.js';
import { announce, uiStore } from '../state/ui.js';
import { listCampaignPackets } from './campaigns.js';
import { syncClock } from './clock.js';
import { hearPackets, refreshOpenPackets } from './packets.js';
import { hearRooms, joinRoom, landInRoom } from './rooms.js';
import { hearWallet, loadWallet } from './wallet.js';

const SLOW_AFTER_MS = 2_000;
const GONE_AFTER_MS = 15_000;
const RESTORED_SHOWN_MS = 2_500;

let wasUp = false;
let timer: ReturnType<typeof setTimeout> | undefined;

function later(ms: number, act: () => void): void {
  clearTimeout(timer);
  timer = setTimeout(act, ms);
}

/** What was missed while the connection was away: rooms, messages, the fate of packets, the wallet. */
async function catchUp(): Promise<void> {
  if (!roomsStore.get().loaded) await landInRoom();
  const { roomId } = uiStore.get();
  const others = Object.keys(roomsStore.get().logs).filter((id) => id !== roomId);
  for (const id of roomId ? [roomId, ...others] : others) await joinRoom(id);
  await Promise.all([refreshOpenPackets(), listCampaignPackets(true), loadWallet()]);
}

function up(): void {
  const again = wasUp;
  const interrupted = uiStore.get().link !== 'connecting';
  wasUp = true;
  clearTimeout(timer);
  if (interrupted) {
    uiStore.set({ link: 'restored' });
    announce(textNow().link.restored);
    later(RESTORED_SHOWN_MS, () => uiStore.set({ link: 'online' }));
  } else {
    uiStore.set({ link: 'online' });
  }
  void syncClock();
  void listCampaignPackets();
  if (again || interrupted) void catchUp();
}

function down(): void {
  if (uiStore.get().link === 'lost' || uiStore.get().link === 'gone') return;
  uiStore.set({ link: 'lost' });
  announce(textNow().link.lost);
  later(GONE_AFTER_MS, () => uiStore.set({ link: 'gone' }));
}

export function startLink(token: string, unauthorized: () => void): void {
  wasUp = false;
  uiStore.set({ link: 'connecting' });
  later(SLOW_AFTER_MS, () => {
    uiStore.set({ link: 'slow' });
    later(GONE_AFTER_MS, () => uiStore.set({ link: 'gone' }));
  });
  const socket: Socket<ServerEvents> = connect(token, { up, down, unauthorized });
  hearRooms(socket);
  hearPackets(socket);
  hearWallet(socket);
}

export function stopLink(): void {
  clearTimeout(timer);
  disconnect();
}
