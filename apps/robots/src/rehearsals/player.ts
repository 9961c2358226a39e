import { setTimeout as sleep } from 'node:timers/promises';
import { HongbaoClient } from '@app/client';
import type { Answers, Gate, GrabResult, PacketView } from '@app/contracts';
import { answersTo } from './gate-answers.js';

const START_OVER_MS = 1_000;

export interface PlayerOptions {
  url: string;
  token: string;
  rehearsalId: string;
  /** What is right, by drop. */
  gates: ReadonlyMap<string, readonly Gate[]>;
  /** It is open, and may be heard more than once. */
  onDropped: (packet: PacketView<number>) => void;
  onClosed: (packetId: string) => void;
  onError: (error: Error) => void;
}

/** One robot of a rehearsal's audience, on a connection of its own. */
export class Player {
  private client: HongbaoClient | undefined;
  private readonly heard = new Map<string, PacketView<number>>();

  constructor(private readonly options: PlayerOptions) {}

  get isConnected(): boolean {
    return this.client?.connected ?? false;
  }

  /** Resolves once it is connected or `signal` is aborted; tries for as long as that takes. */
  async come(signal: AbortSignal): Promise<void> {
    const { url, token } = this.options;
    while (!signal.aborted) {
      try {
        const client = await HongbaoClient.connect({ url, token });
        this.client = client;
        if (signal.aborted) this.leave();
        else this.listen(client);
        return;
      } catch (error) {
        if (!signal.aborted) this.options.onError(error as Error);
        await sleep(START_OVER_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  leave(): void {
    this.client?.close();
  }

  /** Undefined: it is not connected. Throws as HongbaoClient does. */
  async grab(packetId: string, are: 'right' | 'wrong'): Promise<GrabResult<number> | undefined> {
    const packet = this.heard.get(packetId);
    if (!packet || !this.client) return undefined;
    return this.client.grab(packetId, this.answersFor(packet, are));
  }

  private answersFor(
    { dropId, gates: views }: PacketView<number>,
    are: 'right' | 'wrong',
  ): Answers | undefined {
    const gates = this.options.gates.get(dropId ?? '');
    return gates && views ? answersTo(gates, views, are) : undefined;
  }

  private listen(client: HongbaoClient): void {
    const hear = (packet: PacketView<number>) => {
      // Signed in like anyone, it hears of real packets for everyone too, and leaves them to people.
      if (packet.campaignId !== this.options.rehearsalId) return;
      this.heard.set(packet.packetId, packet);
      if (packet.staggerMs) client.clock.at(client.opensAt(packet), () => this.options.onDropped(packet));
      else this.options.onDropped(packet);
    };
    // What opens later is pushed then.
    const hearOpen = (packets: PacketView<number>[]) =>
      packets.filter(({ state }) => state === 'open').forEach(hear);
    client.on('packet:dropped', hear).on('packet:closed', ({ packetId }) => {
      this.heard.delete(packetId);
      this.options.onClosed(packetId);
    });
    client.onResumed(({ packets }) => hearOpen(packets ?? []));
    client.packetsList().then(
      ({ packets }) => hearOpen(packets),
      (error: Error) => this.options.onError(error),
    );
  }
}
