import { RefusalError, type JoinAck } from '@app/contracts';
import type { Resumed } from '@app/client';
import { textNow } from '../i18n/index.js';
import { connect, disconnect } from '../net/socket.js';
import { roomsStore } from '../state/rooms.js';
import { announce, uiStore } from '../state/ui.js';
import { campaignPackets, listCampaignPackets, takeListed } from './campaigns.js';
import { followClock } from './clock.js';
import { takeLateOutcomes } from './grab.js';
import { hearPackets, refreshOpenPackets } from './packets.js';
import { hearRooms, landInRoom, takeIn } from './rooms.js';
import { hearWallet, loadWallet } from './wallet.js';

const SLOW_AFTER_MS = 2_000;
const GONE_AFTER_MS = 15_000;
const RESTORED_SHOWN_MS = 2_500;

let timer: ReturnType<typeof setTimeout> | undefined;

function later(ms: number, act: () => void): void {
  clearTimeout(timer);
  timer = setTimeout(act, ms);
}

/** What was missed while the connection was away, and what the client does not ask for by itself: rooms, the wallet. */
async function catchUp(): Promise<void> {
  if (!roomsStore.get().loaded) await landInRoom();
  await loadWallet();
}

function up(again: boolean): void {
  const interrupted = uiStore.get().link !== 'connecting';
  clearTimeout(timer);
  if (interrupted) {
    uiStore.set({ link: 'restored' });
    announce(textNow().link.restored);
    later(RESTORED_SHOWN_MS, () => uiStore.set({ link: 'online' }));
  } else {
    uiStore.set({ link: 'online' });
  }
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
  uiStore.set({ link: 'connecting' });
  later(SLOW_AFTER_MS, () => {
    uiStore.set({ link: 'slow' });
    later(GONE_AFTER_MS, () => uiStore.set({ link: 'gone' }));
  });
  const client = connect(token);
  let known = campaignPackets();
  client.onConnected((again) => {
    known = campaignPackets();
    up(again);
  });
  client.onDown(down);
  client.onEnded((reason) => reason instanceof RefusalError && unauthorized());
  client.onRejoined((answer: JoinAck) => takeIn(answer));
  client.onResumed(({ packets, grabs }: Resumed) => {
    takeLateOutcomes(grabs);
    if (packets) takeListed(packets, known);
    void refreshOpenPackets();
  });
  followClock(client);
  hearRooms(client);
  hearPackets(client);
  hearWallet(client);
}

export function stopLink(): void {
  clearTimeout(timer);
  disconnect();
}
