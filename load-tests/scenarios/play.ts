import { numberField, textField } from '../lib/fields.ts';
import { clockOffset, type ClockSample } from '../lib/clock.ts';
import type { SocketObserver } from '../lib/socketio.ts';
import { Crowd } from './crowd.ts';
import { Person } from './person.ts';
import type { Piece } from './piece.ts';
import { Rooms } from './rooms.ts';
import { planStorms } from './storms.ts';
import type { Vu } from './vu.ts';
import { Waits } from './waits.ts';

type Part = Rooms | Crowd;

const CLOCK_SAMPLES = 7;
/** Before second 0: everything is connected by then, and what is due in the first milliseconds is not late. */
const BEGIN_EARLY_MS = 500;
const PRINT_EVERY_MS = 1_000;
/** Answers of a second that are heard within so long after it are in its first line. */
const PRINT_AFTER_MS = 250;

/** Plays a VU's piece of the plan, from the first connection to the last line. It returns at once; the agenda does the rest. */
export function play(vu: Vu, piece: Piece, metrics?: SocketObserver): void {
  const waits = new Waits(vu);
  const observer = observerOf(vu, metrics);
  const people = new Map(
    piece.people.map(([index, planned]) => [index, new Person(vu, index, planned, observer)]),
  );
  const rooms: Rooms[] = [];
  const crowds: Crowd[] = [];
  for (const part of piece.parts) {
    if (part.kind === 'rooms') rooms.push(new Rooms(vu, part, people, waits));
    else crowds.push(new Crowd(vu, part, people, waits));
  }
  const everyone = [...people.values()];
  for (const person of everyone) listen(vu, person, [...rooms, ...crowds], crowds);
  syncClock(vu, everyone);
  for (const person of everyone) {
    const { onReady } = person;
    person.onReady = (atMs) => {
      onReady(atMs);
      waits.look(person, atMs);
    };
  }
  connectAll(vu, everyone);
  printLines(vu);
  beginLater(vu, () => {
    for (const part of [...rooms, ...crowds]) part.begin();
    planStorms(vu, everyone);
    vu.agenda.at(vu.clock.at(0), () => sayReady(vu, everyone));
    vu.agenda.at(vu.clock.at(vu.head.seconds + vu.head.tailSeconds), () => end(vu, everyone, waits));
  });
}

function observerOf(vu: Vu, metrics: SocketObserver | undefined): SocketObserver {
  return {
    ...metrics,
    received: (event, atMs) => {
      vu.count(atMs, `push.${event}`);
      metrics?.received?.(event, atMs);
    },
    late: () => {
      vu.count(Date.now(), 'error.late_answer');
      metrics?.late?.();
    },
    threw: vu.threw,
  };
}

/**
 * Packets of others are counted as messages, and their times are not taken: they may have opened before somebody came. A
 * packet is told of at least once; should it come twice, both times count as pushes.
 */
function listen(vu: Vu, person: Person, parts: readonly Part[], crowds: readonly Crowd[]): void {
  person.socket.onText('packet:dropped', (packet, atMs) => {
    let k = 0;
    while (k < parts.length && !parts[k]!.owns(packet)) k += 1;
    const owner = parts[k];
    if (!owner) return;
    const opensMs = vu.clock.fromServer(numberField(packet, 'opensAt')!);
    vu.tally.time(vu.clock.secondOf(opensMs), 'push', Math.max(0, atMs - opensMs));
    owner.heard(person, packet, atMs);
  });
  if (crowds.length === 0) return;
  person.socket.onText('packet:announced', (packet, atMs) => {
    crowds.forEach((part) => part.heard(person, packet, atMs));
  });
  person.socket.onText('packet:closed', (closed) => {
    for (const part of crowds) part.closed(textField(closed, 'packetId')!);
  });
}

/**
 * Over all VUs the k-th people come first, in the order of the VUs, so that connections are begun evenly. Paced by this
 * machine's own clock, for the server's is asked through them; a VU that is late has what is left of the time.
 */
function connectAll(vu: Vu, people: Person[]): void {
  const { connectSeconds, settleSeconds, vus } = vu.head;
  const untilMs = vu.clock.startMs - settleSeconds * 1_000;
  const fromMs = Math.max(Date.now(), untilMs - connectSeconds * 1_000);
  const leftMs = Math.max(0, untilMs - fromMs);
  people.forEach((person, k) => {
    vu.agenda.at(fromMs + (leftMs * (k + vu.place / vus)) / people.length, () => person.socket.connect());
  });
}

/** The first of the VU's people to be there asks the server's time. */
function syncClock(vu: Vu, people: Person[]): void {
  const samples: ClockSample[] = [];
  let asker: Person | undefined;
  const ask = (person: Person) => {
    const askedMs = Date.now();
    person.socket.ask('clock:sync', {}, (answer) => {
      const serverTimeMs = answer.kind === 'answered' ? numberField(answer.text, 'serverTimeMs') : undefined;
      if (serverTimeMs !== undefined) samples.push({ askedMs, answeredMs: answer.atMs, serverTimeMs });
      if (samples.length < CLOCK_SAMPLES && serverTimeMs !== undefined) ask(person);
      else if (samples.length > 0) vu.clock.offsetMs = clockOffset(samples);
      else asker = undefined;
    });
  };
  for (const person of people)
    person.onReady = () => {
      if (asker) return;
      asker = person;
      ask(person);
    };
}

/** As early as the clock that is known by then says; looked at again, for the server's may turn out to be another. */
function beginLater(vu: Vu, begin: () => void): void {
  const beginMs = vu.clock.startMs - BEGIN_EARLY_MS;
  vu.agenda.at(beginMs, () => {
    if (vu.clock.startMs - BEGIN_EARLY_MS > Date.now()) beginLater(vu, begin);
    else begin();
  });
}

/** Not before second 0: `connects` of its seconds are those that come on top. */
function sayReady({ tally, place }: Vu, people: Person[]): void {
  const failed: Record<string, number> = {};
  for (const { isReady, failure } of people) if (!isReady) failed[failure] = (failed[failure] ?? 0) + 1;
  const connected = people.filter(({ isReady }) => isReady).length;
  tally.say({ k: 'ready', vu: place + 1, connected, failed });
}

/** VUs print at different instants of the second: thousands of lines at once would make k6 late. */
function printLines({ clock, tally, agenda, head, place }: Vu): void {
  const shiftMs = PRINT_AFTER_MS + ((PRINT_EVERY_MS - PRINT_AFTER_MS) * place) / head.vus;
  const print = (second: number) => {
    agenda.at(clock.at(second) + shiftMs, () => {
      tally.flush(clock.secondOf(Date.now() - PRINT_AFTER_MS));
      print(Math.max(second + 1, clock.secondOf(Date.now())));
    });
  };
  print(clock.secondOf(Date.now()));
}

function end(vu: Vu, people: Person[], waits: Waits): void {
  // Whoever still waits for an answer hears `closed`, and counts it.
  for (const { socket } of people) socket.close();
  waits.giveUp();
  vu.tally.flush(Infinity);
  vu.tally.say({ k: 'end', vu: vu.place + 1 });
  vu.agenda.clear();
}
