import { Injectable } from '@nestjs/common';
import { packetOnSocket, type PacketView } from '@app/contracts';
import { GatewayParts } from '../parts.js';
import { SharedReads } from '../rooms/shared-reads.js';

const READ_EVERY_MS = 1_000;

/** The campaign packets that are announced or open, as the api last listed them and as pushes told since. */
@Injectable()
export class LiveDrops {
  private readonly packets = new Map<string, PacketView<number>>();
  private readonly reads = new SharedReads<void>();
  private readAtMs = -READ_EVERY_MS;

  constructor(private readonly parts: GatewayParts) {}

  add(packets: readonly PacketView<number>[]): void {
    for (const packet of packets) this.packets.set(packet.packetId, packet);
  }

  /** One read of the api a second at most, however many ask. */
  async list(): Promise<PacketView<number>[]> {
    if (performance.now() - this.readAtMs >= READ_EVERY_MS) await this.reads.read('live', () => this.read());
    return [...this.packets.values()];
  }

  private async read(): Promise<void> {
    const response = await fetch(`${this.parts.config.API_URL}/internal/live-packets`);
    if (!response.ok) throw new Error(`the api answered ${response.status} for its live packets`);
    const packets = (await response.json()) as PacketView[];
    this.packets.clear();
    this.add(packets.map(packetOnSocket));
    this.readAtMs = performance.now();
  }
}
