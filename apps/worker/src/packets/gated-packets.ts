import { Injectable } from '@nestjs/common';
import { GATE_REASONS, gatedPackets, type Gated } from '@app/lifecycle';
import { Reading } from '@app/observability';
import { WorkerParts } from '../parts.js';

/** Tells operators which slots and packets answer `busy`, and why: in figures at /metrics, by name at /readyz. */
@Injectable()
export class GatedPackets {
  /** Why the gates could not be checked the last time; undefined when they could. */
  trouble: string | undefined;
  private readonly reading: Reading<Gated>;

  constructor(private readonly parts: WorkerParts) {
    const { metrics, store } = parts;
    this.reading = new Reading(() => gatedPackets(parts));
    metrics.gauge(
      'hongbao_slots_shut',
      'Slots of the packet store not yet checked since Redis came back',
      async () => (await store.gates.shutSlots()).slots.length,
    );
    metrics.gauges(
      'hongbao_slots_gated',
      'Slots of which every grab is busy',
      ['slot', 'reason'],
      async () => {
        const slots = await store.gates.gatedSlots();
        return slots.map(({ slot, reason }) => ({ labels: { slot: String(slot), reason }, value: 1 }));
      },
    );
    metrics.gauges(
      'hongbao_packets_gated',
      'Packets that are not closed and of which every grab is busy',
      ['reason'],
      async () => {
        const gated = await this.reading.now();
        if (!gated) return [];
        return GATE_REASONS.map((reason) => ({ labels: { reason }, value: gated.packets[reason].count }));
      },
    );
  }

  /** For /readyz. Without Postgres only the slots are known. */
  async details(): Promise<Record<string, unknown>> {
    const { trouble } = this;
    const [slots, gated] = await Promise.all([this.parts.store.gates.gatedSlots(), this.reading.now()]);
    return { gated: { slots, ...gated, ...(trouble === undefined ? {} : { trouble }) } };
  }
}
