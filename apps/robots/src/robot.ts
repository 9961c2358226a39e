import { setTimeout as sleep } from 'node:timers/promises';
import { HongbaoClient, type HttpClient } from '@app/client';
import { RefusalError, type GrabResult, type JoinAck, type SendPacket } from '@app/contracts';
import type { DemoRoom } from './demo-room.js';

const START_OVER_MS = 3_000;
/** Below the first a wallet is filled up by the second: 50 and 500 yuan. */
const WALLET_LOW = 5_000;
const REFILL = 50_000;

export interface RobotOptions {
  userId: string;
  name: string;
  url: string;
  /** Without a token. */
  http: HttpClient;
  room: DemoRoom;
  /** The most that one top-up may be. */
  topupMax: number;
  onJoined: (client: HongbaoClient, ack: JoinAck) => void;
  onError: (doing: string, error: Error) => void;
}

/** One member of the demo room. It stays connected until `stop`, starting over whenever something fails. */
export class Robot {
  private readonly stopping = new AbortController();
  private client: HongbaoClient | undefined;
  private joined = false;
  private http: HttpClient | undefined;
  private roomId = '';

  constructor(private readonly options: RobotOptions) {}

  get userId(): string {
    return this.options.userId;
  }

  async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.stay();
      } catch (error) {
        if (!signal.aborted) this.options.onError('stay in the room', error as Error);
      }
      this.client?.close();
      this.client = undefined;
      await sleep(START_OVER_MS, undefined, { signal }).catch(() => {});
    }
  }

  stop(): void {
    this.stopping.abort();
    this.client?.close();
  }

  /** Like `say` and `send`, does nothing and gives undefined while it is not in the room. */
  async grab(packetId: string): Promise<GrabResult<number> | undefined> {
    return this.inRoom?.grab(packetId);
  }

  async say(text: string): Promise<void> {
    await this.inRoom?.postMessage(this.roomId, text);
  }

  /** The packet's id. */
  async send(packet: Omit<SendPacket, 'roomId'>): Promise<string | undefined> {
    const client = this.inRoom;
    if (!client) return undefined;
    await this.fillWallet(packet.currency, packet.amount);
    const sent = await client.sendPacket({ ...packet, roomId: this.roomId });
    return sent.packet.packetId;
  }

  private get inRoom(): HongbaoClient | undefined {
    return this.joined && this.client?.connected ? this.client : undefined;
  }

  /** Rejects when the connection has ended for good, or the room can't be joined. */
  private async stay(): Promise<void> {
    const { userId, name, url, room } = this.options;
    const { token } = await this.options.http.devToken({ userId, name });
    const http = this.options.http.withToken(token);
    this.roomId = await room.find(http);
    const client = await HongbaoClient.connect({ url, token });
    this.http = http;
    this.client = client;
    this.joined = false;
    if (this.stopping.signal.aborted) return;
    await new Promise<void>((_resolve, reject) => {
      client.onEnded(reject);
      client.onRejoined((ack) => this.options.onJoined(client, ack));
      client.onResumed(({ refused: [refused] }) => refused && reject(this.notLetIn(refused.reason)));
      this.join(client).catch(reject);
    });
  }

  private async join(client: HongbaoClient): Promise<void> {
    try {
      const ack = await client.joinRoom(this.roomId);
      this.joined = true;
      this.options.onJoined(client, ack);
    } catch (error) {
      throw this.notLetIn(error as Error);
    }
  }

  private notLetIn(error: Error): Error {
    if (error instanceof RefusalError && error.code === 'not_found') this.options.room.forget();
    return error;
  }

  private async fillWallet(currency: string, needed: number): Promise<void> {
    if (!this.http) return;
    const { balances } = await this.http.wallet();
    const available = balances.find((balance) => balance.currency === currency)?.available ?? 0;
    if (available >= Math.max(WALLET_LOW, needed)) return;
    const amount = Math.min(Math.max(REFILL, needed), this.options.topupMax);
    await this.http.topUp({ amount, currency, provider: 'sandbox' });
  }
}
