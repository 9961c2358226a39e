import type { GrabAnswer, GrabDecision } from './packet-store.js';

const DECISIONS_FROM = 4;

/** Reads the reply of grabShares-5.lua and of grabRuled-9.lua. */
export function readGrabReply(reply: (string | number)[]): GrabAnswer {
  const status = reply[0];
  if (status === 'unknown' || status === 'shut') return { status };
  const opensAtMs = Number(reply[3]);
  const decisions: GrabDecision[] = [];
  for (let k = DECISIONS_FROM; k < reply.length; k += 1)
    decisions.push(readDecision(reply[k] as string, opensAtMs));
  return { status: 'decided', decisions, remaining: { count: Number(reply[1]), amount: Number(reply[2]) } };
}

function readDecision(word: string, opensAtMs: number): GrabDecision {
  switch (word.charCodeAt(0)) {
    case 0x77: // w
    case 0x61: {
      // a
      const colon = word.indexOf(':');
      const end = word.indexOf(':', colon + 1);
      const ordinal = Number(word.slice(1, colon));
      const amount = Number(end === -1 ? word.slice(colon + 1) : word.slice(colon + 1, end));
      return { outcome: word.charCodeAt(0) === 0x77 ? 'won' : 'already', ordinal, amount };
    }
    case 0x65: // e
      return EMPTY;
    case 0x63: // c
      return CLOSED;
    case 0x69: // i
      return NOT_ELIGIBLE;
    case 0x6e: // n
      return { outcome: 'not_open', opensAtMs: word.length > 1 ? Number(word.slice(1)) : opensAtMs };
    case 0x75: // u
      return NOT_FOUND;
    case 0x70: // p
      return PAUSED;
    case 0x74: // t
      return TRIES;
    case 0x6d: // m
      return MEMBERS;
    case 0x6b: // k
      return CAP;
    case 0x62: // b
      return BACKLOG;
    default:
      throw new Error(`the grab script answered ${JSON.stringify(word)}`);
  }
}

const EMPTY: GrabDecision = Object.freeze({ outcome: 'empty' });
const CLOSED: GrabDecision = Object.freeze({ outcome: 'closed' });
const NOT_ELIGIBLE: GrabDecision = Object.freeze({ outcome: 'not_eligible' });
const NOT_FOUND: GrabDecision = Object.freeze({ outcome: 'not_found' });
const PAUSED: GrabDecision = Object.freeze({ outcome: 'not_eligible', reason: 'paused' });
const TRIES: GrabDecision = Object.freeze({ outcome: 'not_eligible', reason: 'tries' });
const MEMBERS: GrabDecision = Object.freeze({ outcome: 'not_eligible', reason: 'members' });
/** A second settles some thousand claims, once the ledger is there. */
const BACKLOG_RETRY_MS = 1_000;
export const BACKLOG: GrabDecision = Object.freeze({ outcome: 'busy', afterMs: BACKLOG_RETRY_MS });
const CAP: GrabDecision = Object.freeze({ outcome: 'not_eligible', reason: 'cap' });
