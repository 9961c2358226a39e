/** What the process with the load is told, and what it answers: one answer to each order. */

/** Opens a socket for each token and signs in; `ws` knows no sign-in, and the tokens only say how many. */
export interface ConnectOrder {
  crowd: string;
  kind: 'socket.io' | 'ws';
  url: string;
  tokens: string[];
}

/** Every socket of `[from, to)` of a crowd grabs each packet once. */
export interface Aim {
  crowd: string;
  from: number;
  to: number;
  packetIds: string[];
}

/** So many grabs wait at any time. */
export interface GrabOrder extends Aim {
  inFlight: number;
}

/** A rate that does not wait for answers. */
export interface GrabAtOrder extends Aim {
  perSecond: number;
}

export interface Grabbed {
  grabs: number;
  seconds: number;
  /** Answers by their outcome; an echo is `other`. */
  outcomes: Record<string, number>;
  /** From the instant that a grab was due to its answer read. */
  p50Ms: number;
  p99Ms: number;
}
