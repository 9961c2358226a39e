import type { PacketProgressed } from '@app/contracts';
import type { PacketStore } from '@app/packet-store';

/** Clients hear of a packet at most twice a second, so asking more often tells nobody anything. */
const ASK_AGAIN_MS = 500;

/**
 * What is left of packets that are spread: an outbox entry knows its own partition alone, so the store is asked for the
 * whole, once for all claims that came within half a second. That costs three short reads for each partition.
 */
export class SpreadProgress {
  private readonly waiting = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly store: Pick<PacketStore, 'inspect'>,
    private readonly tell: (progress: PacketProgressed) => void,
    private readonly onError: (error: Error) => void,
  ) {}

  note(packetId: string): void {
    if (this.waiting.has(packetId)) return;
    const ask = () => void this.ask(packetId).catch((error: Error) => this.onError(error));
    this.waiting.set(packetId, setTimeout(ask, ASK_AGAIN_MS));
  }

  private async ask(packetId: string): Promise<void> {
    this.waiting.delete(packetId);
    const stored = await this.store.inspect(packetId);
    if (stored) this.tell({ packetId, remaining: stored.remaining });
  }

  stop(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
  }
}
