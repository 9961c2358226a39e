import { Injectable } from '@nestjs/common';
import type { GrabResult } from '@app/contracts';
import { noteGrab } from '@app/funnel';
import { GatewayParts } from '../parts.js';
import type { ListedPacket } from './packet-directory.js';
import type { GrabAnswer } from './grabs.js';

/** Counts and times grabs where they are answered, and notes those of a campaign's drop for its funnel. */
@Injectable()
export class GrabMetrics {
  /** By hand: prom-client hashes the labels at each count, and is only asked every few seconds. */
  private readonly answered = new Map<string, number>();
  private readonly duration;

  constructor(private readonly parts: GatewayParts) {
    parts.metrics.counts('hongbao_grabs_total', 'Grabs answered', ['outcome'], async () =>
      [...this.answered].map(([outcome, value]) => ({ labels: { outcome }, value })),
    );
    this.duration = parts.metrics.latencies(
      'hongbao_grab_duration_seconds',
      'From the grab read to its answer written',
    );
  }

  count(result: GrabResult<number>): GrabResult<number> {
    this.answered.set(result.outcome, (this.answered.get(result.outcome) ?? 0) + 1);
    return result;
  }

  /** `answer`, noted on its way. */
  timed({ rules }: ListedPacket, userId: string, answer: GrabAnswer): GrabAnswer {
    const startedMs = performance.now();
    return (result) => {
      if (!(result instanceof Error)) {
        const tookMs = performance.now() - startedMs;
        this.count(result);
        this.duration.observe(tookMs / 1_000);
        const dropId = rules?.campaign?.dropId;
        if (dropId) noteGrab(this.parts.funnel, dropId, userId, result, tookMs);
      }
      answer(result);
    };
  }
}
