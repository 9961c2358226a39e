import type { GrabResult, Outcome } from '@app/contracts';

/**
 * One grab as its client saw it: `unknown` when no answer came in time or the connection was lost, `refused` when an error
 * came in the place of an outcome. Instants are epoch milliseconds of this machine, which is Redis's too.
 */
export interface Answer {
  /** Its place in the record, by when it was asked. */
  n: number;
  userId: string;
  packetId: string;
  askedAtMs: number;
  answeredAtMs: number;
  outcome: Outcome | 'unknown' | 'refused';
  amount?: number;
  ordinal?: number;
  reason?: string;
  opensAtMs?: number;
  /** The code of an error. */
  code?: string;
}

/** A packet that was sent, as its sender asked for it. `unknown`: nobody answered, or not yet. */
export interface Sent {
  key: string;
  amount: number;
  packetId?: string;
}

/** What all clients asked and were answered, in the order of the asking. */
export class ClientsRecord {
  readonly answers: Answer[] = [];
  readonly sent: Sent[] = [];
  private acks = 0;
  private readonly waiting: { count: number; reached: () => void }[] = [];

  /** Grabs that were answered with an outcome other than `busy`. */
  get acked(): number {
    return this.acks;
  }

  /** Resolves at the moment of the k-th ack: the points of the load at which a seed breaks something. */
  whenAcked(count: number): Promise<void> {
    if (this.acks >= count) return Promise.resolve();
    return new Promise((reached) => this.waiting.push({ count, reached }));
  }

  /** Writes down that it is asked; the answer is written in when it comes. */
  asked(userId: string, packetId: string): Answer {
    const askedAtMs = Date.now();
    const answer: Answer = {
      ...{ n: this.answers.length, userId, packetId, askedAtMs, answeredAtMs: Infinity },
      outcome: 'unknown',
    };
    this.answers.push(answer);
    return answer;
  }

  answered(answer: Answer, { outcome, amount, ordinal, reason, opensAt }: GrabResult<number>): void {
    Object.assign(answer, {
      ...{ answeredAtMs: Date.now(), outcome },
      ...(amount === undefined ? {} : { amount, ordinal }),
      ...(reason === undefined ? {} : { reason }),
      ...(opensAt === undefined ? {} : { opensAtMs: opensAt }),
    });
    if (outcome === 'busy') return;
    this.acks += 1;
    for (const one of this.waiting.filter(({ count }) => count <= this.acks)) {
      this.waiting.splice(this.waiting.indexOf(one), 1);
      one.reached();
    }
  }

  refused(answer: Answer, code: string): void {
    Object.assign(answer, { answeredAtMs: Date.now(), outcome: 'refused', code });
  }
}
