/**
 * How many, how fast, how long; no behaviour. All figures are those at scale 1 and at the workload's own duration:
 * `--scale` multiplies people, rooms, rates, shares and budgets; `--duration` stretches the time axis and keeps the rates.
 */
export interface Workload {
  name: string;
  /** One line. */
  title: string;
  /** What it is for, and how to read its report: one to three sentences. */
  about: string;
  seconds: number;
  /** The scale that is used when none is given. */
  scale: number;
  rooms?: RoomsWorkload;
  crowd?: CrowdWorkload;
  storms?: { at: number; percent: number }[];
  /** Figures of the field that it is built from, with where they are from; and what was assumed beside them. */
  sources: string[];
  assumptions: string[];
  /** Name of a file in `verdicts/`. */
  verdict: string;
}

/** A rate over the run, linear between points: `at` from 0 (begin) to 1 (end of the load). */
export type Shape = { at: number; perSecond: number }[];

export interface RoomsWorkload {
  rooms: number;
  /** In each room, who taps, and who only watches. Not scaled. */
  members: number;
  watchers: number;
  sends: Shape;
  packet: { kind: 'lucky' | 'fixed'; shares: number; amount: number; expiresInSeconds: number };
  latePerSend: number;
  repeatsPerSend: number;
  reactionMs: { min: number; mean: number; late: number };
}

export interface CrowdWorkload {
  people: number;
  watchers: number;
  drops: DropWorkload[];
}

export interface DropWorkload {
  /** When it opens, 0 to 1. */
  at: number;
  announceSeconds: number;
  /** Scaled: both amount and count, so that a share keeps its size. */
  packet: { kind: 'lucky' | 'fixed'; amount: number; count: number };
  claimsPerPerson?: number;
  taps: Shape;
  quiz?: { questions: { text: string; options: string[]; answer: number }[]; wrongPercent: number };
  /** One try in so many hits, and the quota is released evenly over so many seconds. */
  shake?: { oddsPercent: number; releaseSeconds: number };
  rain?: { rounds: number; roundSeconds: number; pauseSeconds: number; perPerson: number };
}

/** What a run must reach, judged over all of its processes together. */
export interface Verdict {
  name: string;
  thresholds: Threshold[];
  /** The run ends early once a threshold named so has been broken for `forSeconds` in a row. */
  breakpoint?: { metric: string; atMost: number; forSeconds: number };
}

/**
 * `metric`: a time's quantile as `grab.open.p99` (ms), or `share.<outcome>` of all answers in percent, `share.unknown`,
 * `answered.ofOffered` in percent, `late.p99`, `memory.growth.<process>` in percent from the first fifth to the last.
 */
export interface Threshold {
  metric: string;
  atMost?: number;
  atLeast?: number;
  /** Why this and no other figure, in a few words. */
  because: string;
}
