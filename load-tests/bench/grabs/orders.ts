/** What the process with the load is told, and what it answers: one answer to each order. */
export type Order =
  /** Opens a socket for each token and signs in; `ws` knows no sign-in, and the tokens only say how many. */
  | { order: 'connect'; crowd: string; kind: 'socket.io' | 'ws'; url: string; tokens: string[] }
  /** Every socket of `[from, to)` grabs each packet once, `inFlight` grabs waiting at any time. */
  | { order: 'grab'; crowd: string; from: number; to: number; packetIds: string[]; inFlight: number }
  /** The same, at a rate that does not wait for answers. */
  | { order: 'grab-at'; crowd: string; from: number; to: number; packetIds: string[]; perSecond: number };

export interface Grabbed {
  grabs: number;
  seconds: number;
  /** Answers by their outcome; an echo is one too. */
  outcomes: Record<string, number>;
  /** From the instant that a grab was due to its answer read. */
  p50Ms: number;
  p99Ms: number;
}
