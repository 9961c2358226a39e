/**
 * What one run of k6 needs, made by `setup/` before it and read by every k6 process of the run: who there is, where they
 * are, and when what is asked. Instants of the load are seconds since `startsAtMs`, and may be fractions.
 */
export interface Plan {
  version: 1;
  runId: string;
  workload: string;
  /** Where the service is, such as `http://127.0.0.1:8080`. */
  target: string;
  /** Second 0 of the load, epoch milliseconds by the target's clock. Sockets connect before it. */
  startsAtMs: number;
  /** Of the load, without what comes after it. */
  seconds: number;
  /** After the load sockets stay for so long, to hear of settlements and closes. */
  tailSeconds: number;
  /** Connections of all processes together are begun evenly over so many seconds, which end `settleSeconds` before `startsAtMs`. */
  connectSeconds: number;
  /** Between the last of those beginnings and `startsAtMs`, for the last ones to be in. */
  settleSeconds: number;
  /** A grab or send without an answer for so long is unknown. */
  answerMsMax: number;
  /** VUs of all processes together; the v-th (from 0) is the one with k6's `vu.idInTest` v + 1, wherever it runs. */
  vus: number;
  /** All chance in the run is drawn from it. */
  seed: number;
  people: PlannedPerson[];
  parts: Part[];
  storms: Storm[];
}

export interface PlannedPerson {
  userId: string;
  token: string;
}

export type Part = RoomsPart | CrowdPart;

/**
 * Arrivals in a second over time, linear between points; before the first and after the last there are none. The k-th
 * arrival (from 0) comes when k + ½ have been due.
 */
export type Curve = { atSecond: number; perSecond: number }[];

/** People in rooms who send packets and open those of others. Room r is played by VU r mod `vus`, all of its people. */
export interface RoomsPart {
  kind: 'rooms';
  rooms: PlannedRoom[];
  /** The k-th send goes to room k mod `rooms.length`. */
  sends: Curve;
  packet: { kind: 'lucky' | 'fixed'; shares: number; amount: number; expiresInSeconds: number };
  /** After each send, reckoned from when it was due: `shares` of its room open it, then so many more come too late, and so many tap again. */
  latePerSend: number;
  repeatsPerSend: number;
  /** From a send's due time to a person's tap: at least `min`, and beyond it exponential with this mean. Late ones and repeats come `lateMs` after that. */
  reactionMs: { min: number; mean: number; late: number };
}

/** People are indexes into `people`. Each room has a sender with money; watchers are in the room and never tap. */
export interface PlannedRoom {
  roomId: string;
  sender: number;
  members: number[];
  watchers: number[];
}

/**
 * A brand's audience. Person p of the part (by its place in `people`) is played by VU p mod `vus`; the k-th tap on a drop
 * comes from VU k mod `vus`, from its people in turn, so that who has tapped taps again only when all others have.
 */
export interface CrowdPart {
  kind: 'crowd';
  people: number[];
  watchers: number[];
  drops: CrowdDrop[];
}

/** A tap goes to a packet of the drop that this person was told of and has not tried, or else to one that they have. */
export interface CrowdDrop {
  campaignId: string;
  dropId: string;
  opensAtSecond: number;
  taps: Curve;
  /** Texts of the right options, and how many in a hundred people answer wrongly. */
  quiz?: { right: string[]; wrongPercent: number };
}

/** At this second so many in a hundred of all sockets are cut at once and come back with jitter. */
export interface Storm {
  atSecond: number;
  percent: number;
}
