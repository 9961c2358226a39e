import type {
  EntryView,
  HistoryView,
  MemberView,
  MeView,
  PacketView,
  Proof,
  RoomView,
  SendPacket,
  Topup,
  TopupView,
  WalletView,
} from '@app/contracts';
import { call } from './http.js';

const get = async <T>(path: string): Promise<T> => (await call<T>('GET', path)).data;
const post = async <T>(path: string, body: unknown, idempotencyKey?: string): Promise<T> =>
  (await call<T>('POST', path, { body, ...(idempotencyKey ? { idempotencyKey } : {}) })).data;

export const ENTRIES_PER_PAGE = 30;

export const api = {
  devToken: (userId: string, name?: string) =>
    post<{ token: string }>('/dev/tokens', name ? { userId, name } : { userId }),
  me: () => get<MeView>('/me'),
  wallet: () => get<WalletView>('/wallet'),
  async entries(cursor?: string): Promise<{ entries: EntryView[]; nextCursor: string | null }> {
    const query = `limit=${ENTRIES_PER_PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
    const { data, headers } = await call<EntryView[]>('GET', `/wallet/entries?${query}`);
    return { entries: data, nextCursor: headers.get('x-next-cursor') };
  },
  topUp: (topup: Topup, key: string) => post<TopupView>('/topups', topup, key),
  rooms: () => get<RoomView[]>('/rooms'),
  openRooms: () => get<RoomView[]>('/rooms/open'),
  createRoom: (name: string, open: boolean) => post<{ roomId: string }>('/rooms', { name, open }),
  addMembers: (roomId: string, userIds: string[]) => post<unknown>(`/rooms/${roomId}/members`, { userIds }),
  members: (roomId: string) => get<MemberView[]>(`/rooms/${roomId}/members`),
  sendPacket: (packet: SendPacket, key: string) => post<PacketView>('/packets', packet, key),
  proof: (packetId: string) => get<Proof>(`/packets/${packetId}/proof`),
  history(direction: 'sent' | 'received', year: number, cursor?: string): Promise<HistoryView> {
    const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    return get<HistoryView>(`/me/packets?direction=${direction}&year=${year}&limit=50${more}`);
  },
};
