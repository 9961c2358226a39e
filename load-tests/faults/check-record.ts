import type { Broken, Invariant } from '@app/audit';
import type { Answer } from './record.js';

/** A packet as Postgres has it at the end. Instants are epoch milliseconds. */
export interface PacketFacts {
  packetId: string;
  opensAtMs: number | null;
  expiresAtMs: number | null;
  closedAtMs: number | null;
}

export interface SettledFact {
  packetId: string;
  userId: string;
  ordinal: number;
  amount: number;
}

export interface RecordFacts {
  answers: readonly Answer[];
  packets: readonly PacketFacts[];
  claims: readonly SettledFact[];
  /** Wins that went with a disk, `<packetId>:<userId>`: to these people all that was said before is void. */
  lostWins?: ReadonlySet<string>;
  /** Their packets, and when: shares that were taken before could be had again. */
  lostAtMs?: ReadonlyMap<string, number>;
}

/** Redis, Postgres and the clients are on one machine here, and read its clock some milliseconds apart. */
const CLOCKS_APART_MS = 50;
const DETAILS_MAX = 3;
const GIVEN: ReadonlySet<Answer['outcome']> = new Set(['won', 'already']);

interface Finding {
  invariant: Invariant;
  problem: string;
  id: string;
  note: string;
}

/**
 * The clients' record by itself and against the ledger: what `audit` can't know from the stores. (An acked win that is not
 * settled, a settlement of a refusal and an `empty` with shares left are in libs/audit, which is given the same record.)
 */
export function checkRecord(facts: RecordFacts): Broken[] {
  const found: Finding[] = [];
  for (const answers of byUserAndPacket(facts.answers).values()) {
    const lostAtMs = facts.lostAtMs?.get(answers[0]!.packetId) ?? -Infinity;
    const isLost = facts.lostWins?.has(nameOf(answers[0]!)) ?? false;
    checkStory(isLost ? answers.filter((one) => one.askedAtMs > lostAtMs) : answers, lostAtMs, found);
  }
  checkAgainstLedger(facts, found);
  checkTimes(facts, found);
  return linesOf(found);
}

/** All that one user was told of one packet, in the order of asking: they ask one at a time. */
function checkStory(story: readonly Answer[], lostAtMs: number, found: Finding[]): void {
  const given = story.filter(({ outcome }) => GIVEN.has(outcome));
  const first = given[0];
  const [wonAgain] = story.filter(({ outcome }) => outcome === 'won').slice(1);
  const add = (invariant: Invariant, problem: string, { packetId, userId }: Answer, note: string) =>
    found.push({ invariant, problem, id: `${packetId}:${userId}`, note: `${userId} ${note}` });
  if (wonAgain)
    add('I2', 'told won twice', wonAgain, `won ordinal ${first!.ordinal} and ${wonAgain.ordinal}`);
  const other = given.find(({ ordinal, amount }) => ordinal !== first!.ordinal || amount !== first!.amount);
  if (other)
    add('I5', 'told another share than before', other, `was told ${shareOf(first!)}, then ${shareOf(other)}`);
  for (const [k, { outcome, answeredAtMs, code }] of story.entries()) {
    const isRefusal = outcome === 'empty' || outcome === 'closed' || code === 'not_found';
    if (!isRefusal) continue;
    const said = code ?? outcome;
    const before = story.slice(0, k).find((one) => GIVEN.has(one.outcome));
    const after = story.slice(k + 1).find((one) => GIVEN.has(one.outcome) && one.askedAtMs >= answeredAtMs);
    if (before)
      add('I5', `told ${said} after a win`, before, `won ${shareOf(before)}, then was told ${said}`);
    else if (after && answeredAtMs > lostAtMs)
      add('I6', `told of a win after ${said}`, after, `was told ${said}, then ${shareOf(after)}`);
  }
}

const nameOf = ({ packetId, userId }: Answer) => `${packetId}:${userId}`;
const shareOf = ({ ordinal, amount }: Answer) => `ordinal ${ordinal} over ${amount}`;

/** `already` is as binding as `won`: the first ack may have been lost. */
function checkAgainstLedger({ answers, claims, lostAtMs, lostWins }: RecordFacts, found: Finding[]): void {
  const settled = new Map(claims.map((claim) => [`${claim.packetId}:${claim.userId}`, claim]));
  for (const answer of answers) {
    if (!GIVEN.has(answer.outcome)) continue;
    const isLost = lostWins?.has(nameOf(answer)) ?? false;
    if (isLost && answer.askedAtMs <= lostAtMs!.get(answer.packetId)!) continue;
    const claim = settled.get(`${answer.packetId}:${answer.userId}`);
    if (claim && claim.ordinal === answer.ordinal && claim.amount === answer.amount) continue;
    const there = claim ? `ordinal ${claim.ordinal} over ${claim.amount}` : 'nothing';
    found.push({
      ...{ invariant: 'I5', problem: 'what a client was told is not in the ledger' },
      ...{
        id: `${answer.packetId}:${answer.ordinal}`,
        note: `${answer.userId} was told ${shareOf(answer)}, the ledger has ${there}`,
      },
    });
  }
}

/** I8, and its other side: nobody is kept out of a packet that is open. */
function checkTimes({ answers, packets, lostAtMs }: RecordFacts, found: Finding[]): void {
  const byId = new Map(packets.map((packet) => [packet.packetId, packet]));
  for (const { packetId, userId, outcome, askedAtMs, answeredAtMs } of answers) {
    const { opensAtMs, expiresAtMs, closedAtMs } = byId.get(packetId) ?? {};
    const add = (problem: string, at: number, than: number) =>
      found.push({
        ...{ invariant: 'I8', problem, id: `${packetId}:${userId}` },
        note: `${userId} at ${at}, against ${than}`,
      });
    if (outcome === 'won' && opensAtMs && answeredAtMs + CLOCKS_APART_MS < opensAtMs)
      add('won before it opened', answeredAtMs, opensAtMs);
    if (outcome === 'won' && expiresAtMs && askedAtMs > expiresAtMs + CLOCKS_APART_MS)
      add('won what was asked for after it expired', askedAtMs, expiresAtMs);
    if (outcome === 'not_open' && opensAtMs && askedAtMs > opensAtMs + CLOCKS_APART_MS)
      add('told not_open after it opened', askedAtMs, opensAtMs);
    const endsAtMs = Math.min(expiresAtMs ?? Infinity, closedAtMs ?? Infinity);
    if (outcome === 'closed' && !lostAtMs?.has(packetId) && answeredAtMs + CLOCKS_APART_MS < endsAtMs)
      add('told closed before it was', answeredAtMs, endsAtMs);
  }
}

function byUserAndPacket(answers: readonly Answer[]): Map<string, Answer[]> {
  const stories = new Map<string, Answer[]>();
  for (const answer of answers) {
    const key = nameOf(answer);
    const story = stories.get(key);
    if (story) story.push(answer);
    else stories.set(key, [answer]);
  }
  return stories;
}

function linesOf(found: readonly Finding[]): Broken[] {
  const lines = new Map<string, Finding[]>();
  for (const one of found) {
    const key = `${one.invariant} ${one.problem}`;
    lines.set(key, [...(lines.get(key) ?? []), one]);
  }
  return [...lines.values()].map((same) => ({
    invariant: same[0]!.invariant,
    ids: [...new Set(same.map(({ id }) => id))],
    detail: `${same[0]!.problem} (${same.length}): ${same
      .slice(0, DETAILS_MAX)
      .map(({ note }) => note)
      .join('; ')}`,
  }));
}
