import type { Socket } from 'socket.io-client';
import type { CostName } from '../costs.ts';

/** A text frame of up to 125 bytes has 2 bytes of header, a longer one 4; a client's has 4 more of mask (RFC 6455, 5.2). */
const HEADER_BYTES = (length: number) => (length <= 125 ? 2 : 4);
const MASK_BYTES = 4;
const LOOK_MS = 20;

const BY_EVENT: Record<string, CostName> = {
  'packet:dropped': 'wire.dropped',
  'packet:progressed': 'wire.progressed',
  'packet:closed': 'wire.closed',
  'wallet:changed': 'wire.wallet',
};

/** Counts what sockets hear, and how long the frames are. */
export class Frames {
  private counts = new Map<string, number>();
  private readonly sizes = new Map<CostName, { bytes: number; frames: number }>();

  watch(socket: Socket): void {
    socket.onAny((event: string) => this.counts.set(event, (this.counts.get(event) ?? 0) + 1));
    socket.io.engine.on('packet', ({ data }: { data?: unknown }) => {
      if (typeof data !== 'string') return;
      const event = /^2\["([^"]+)"/.exec(data)?.[1];
      if (event && BY_EVENT[event]) this.note(BY_EVENT[event], data, 0);
      else if (/^3\d+\[\{"outcome":"won"/.test(data)) this.note('wire.won', data, 0);
      else if (/^3\d+\[\{"outcome":"empty"/.test(data)) this.note('wire.empty', data, 0);
    });
    socket.io.engine.on('packetCreate', ({ data }: { data?: unknown }) => {
      if (typeof data === 'string' && data.includes('packet:grab')) this.note('wire.grab', data, MASK_BYTES);
    });
  }

  grab(socket: Socket, packetId: string): Promise<{ outcome: string }> {
    return socket.emitWithAck('packet:grab', { packetId }) as Promise<{ outcome: string }>;
  }

  forget(): void {
    this.counts.clear();
  }

  get pushes(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  async whenCounted(event: string, count: number, msMax: number): Promise<void> {
    const untilMs = performance.now() + msMax;
    while ((this.counts.get(event) ?? 0) < count) {
      if (performance.now() > untilMs)
        throw new Error(`${this.counts.get(event) ?? 0} of ${count} ${event} came in ${msMax} ms`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  costs(): Partial<Record<CostName, number>> {
    return Object.fromEntries([...this.sizes].map(([name, { bytes, frames }]) => [name, bytes / frames]));
  }

  /** `data` without Engine.IO's one character for its type. */
  private note(name: CostName, data: string, more: number): void {
    const length = Buffer.byteLength(data) + 1;
    const seen = this.sizes.get(name) ?? { bytes: 0, frames: 0 };
    seen.bytes += length + HEADER_BYTES(length) + more;
    seen.frames += 1;
    this.sizes.set(name, seen);
  }
}
