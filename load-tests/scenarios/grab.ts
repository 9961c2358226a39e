import { numberField, textField } from '../lib/fields.ts';
import type { Answer } from '../lib/socketio.ts';
import { trafficOf } from '../model/lines.ts';
import { refusalIn, type Person } from './person.ts';
import type { Vu } from './vu.ts';

/** How often a grab is asked again after `busy`. */
const BUSY_RETRIES_MAX = 5;
const BUSY_RETRY_MS = 250;

/** One tap on one packet by one person. Instants are of this machine. */
export interface Grab {
  person: Person;
  packetId: string;
  /** As `packet:grab` takes them; undefined: none. */
  answers: unknown;
  /** When the tap was due; all its times count from here. */
  dueMs: number;
  /** When it could be done at the earliest: due, or later when the person had yet to be told of the packet, or to come back. */
  readyMs: number;
  busyRetries?: number;
  isSecondAtOpening?: boolean;
}

/**
 * Asks for a share and counts what comes. `offered` was counted when the tap was due, and stays 1 whatever follows:
 * - `answered` counts a tap once, at its first answer, `busy` and `not_open` included: it is never more than `offered`;
 * - `outcome.*` counts every word heard. After `busy` the person asks again, at most 5 times, after the time that was told
 *   and jitter; after `not_open` once, at the opening. Each is an `error.busy_retry` or `error.not_open_retry`, so that
 *   all outcomes together are the taps plus those two;
 * - the time of an answer after `busy` is from the first due instant to it: as slow as it was for the person. One at the
 *   opening is due at the opening, for nobody could have had it before.
 * Without an answer the time until giving up is counted as `grab.failed`: left out, a service that hangs would look fast.
 */
export function grab(vu: Vu, tap: Grab): void {
  const { person, packetId, answers, dueMs, readyMs } = tap;
  const isFirst = !tap.busyRetries && !tap.isSecondAtOpening;
  const payload = answers === undefined ? { packetId } : { packetId, answers };
  // `Date.now()` is whole milliseconds: what it says is up to 1 ms too early, and so is this.
  if (isFirst) vu.tally.time(vu.clock.secondOf(dueMs), 'late', Math.max(0, Date.now() - readyMs));
  person.socket.ask('packet:grab', payload, (answer) => {
    if (answer.kind === 'unanswered') unknown(vu, tap, answer.atMs);
    else heard(vu, tap, answer, isFirst);
  });
}

/** A tap that could not even be asked: the person never heard of such a packet, or was not there. */
export function notHeard(vu: Vu, dueMs: number, atMs: number): void {
  vu.count(atMs, 'error.not_heard');
  count(vu, 'unknown', dueMs, atMs);
}

function unknown(vu: Vu, { person, packetId, dueMs }: Grab, atMs: number): void {
  vu.count(atMs, 'error.unknown');
  vu.tally.unanswered(packetId, person.index);
  count(vu, 'unknown', dueMs, atMs);
}

function heard(vu: Vu, tap: Grab, { text, atMs }: Extract<Answer, { text: string }>, isFirst: boolean): void {
  if (isFirst) vu.count(atMs, 'answered');
  const outcome = textField(text, 'outcome');
  if (outcome === undefined) {
    vu.count(atMs, `error.${refusalIn(text)?.code ?? 'strange_answer'}`);
    count(vu, 'error', tap.dueMs, atMs);
    return;
  }
  count(vu, outcome, tap.dueMs, atMs);
  if (outcome === 'won') {
    const { person, packetId } = tap;
    vu.tally.win(packetId, person.index, numberField(text, 'ordinal')!, numberField(text, 'amount')!);
    person.won(packetId, atMs);
  } else if (outcome === 'busy') againAfterBusy(vu, tap, text);
  else if (outcome === 'not_open') againAtOpening(vu, tap, text);
}

function againAfterBusy(vu: Vu, tap: Grab, text: string): void {
  const busyRetries = (tap.busyRetries ?? 0) + 1;
  if (busyRetries > BUSY_RETRIES_MAX) return;
  const waitMs = vu.withJitter(numberField(text, 'retryAfterMs') || BUSY_RETRY_MS);
  vu.agenda.after(waitMs, () => {
    vu.count(Date.now(), 'error.busy_retry');
    grab(vu, { ...tap, busyRetries });
  });
}

function againAtOpening(vu: Vu, tap: Grab, text: string): void {
  const opensAt = numberField(text, 'opensAt');
  if (tap.isSecondAtOpening || opensAt === undefined) return;
  const opensMs = Math.max(tap.dueMs, vu.clock.fromServer(opensAt));
  vu.agenda.at(opensMs, () => {
    vu.count(Date.now(), 'error.not_open_retry');
    grab(vu, { ...tap, dueMs: opensMs, readyMs: opensMs, isSecondAtOpening: true });
  });
}

function count(vu: Vu, outcome: string, dueMs: number, atMs: number): void {
  vu.count(atMs, `outcome.${outcome}`);
  vu.tally.time(vu.clock.secondOf(dueMs), `grab.${trafficOf(outcome)}`, Math.max(0, atMs - dueMs));
}
