/** Known-wrong ways to do it, planted one at a time: the simulation has to find each. */
export interface Mistakes {
  /** The outbox is acknowledged when a job begins. */
  ackBeforeCommit?: true;
  /** The ledger takes a claim and a transfer twice. */
  noUniqueKeys?: true;
  /** A close believes what the ledger has and does not wait for claims on their way. */
  closeWithoutWaiting?: true;
  /** A packet that the store lost is armed as if nobody had won. */
  armAfresh?: true;
  /** The relay takes an entry for handed on when a later one is. */
  relaySkips?: true;
  /** Each close gives back what is left. */
  refundTwice?: true;
  /** Grabs do not look at the gate of their slot. */
  gatesIgnored?: true;
  /** A read of the outbox is its acknowledgement. */
  ackOnRead?: true;
  /** A check puts back what it read, whichever Redis it finds by then. */
  checksIgnored?: true;
  /** A worker checks a Redis that came back while another one holds claims in its memory. */
  turnsIgnored?: true;
  /** A job that waited for its worker's turn is settled as it was read before. */
  jobNotReadAgain?: true;
}

export type Mistake = keyof Mistakes;
