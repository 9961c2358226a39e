import type { GrabResult, PacketView } from '@app/contracts';
import { between, type Random } from '../chance.js';

/** Seen, moved, tapped. */
const FIRST_MS_MIN = 300;
const FIRST_MS_MAX = 2_500;
/** Of a round of rain: until when a falling packet is caught at first. */
const CATCH_PART_MAX = 0.7;
const SHAKE_MS_MIN = 300;
const SHAKE_MS_MAX = 700;
/** A wrong answer is read and thought over. */
const CORRECT_MS_MIN = 800;
const CORRECT_MS_MAX = 2_500;
/** Nothing released yet, busy, or paused. */
const WAIT_MS_MIN = 500;
const WAIT_MS_MAX = 1_500;
/** Some see a packet and do not care. */
const INTEREST = 0.9;
export const TRIES_MAX = 100;

type SeenPacket = Pick<PacketView<number>, 'packetId' | 'rain'>;

export interface Try {
  /** Its place in the list, from 0. */
  robot: number;
  packetId: string;
  answers: 'right' | 'wrong';
}

interface Plan {
  atMs: number;
  tries: number;
  answers: Try['answers'];
}

/**
 * Decides when each robot of a rehearsal tries for which packet and with what answers, and does nothing itself: told what
 * dropped and how tries came out, asked by `due` whose turn it is. Instants are epoch milliseconds of the caller's clock.
 */
export class Tries {
  /** By packet, then by robot; a plan at Infinity waits for an outcome, or is done with. */
  private readonly plans = new Map<string, Map<number, Plan>>();

  constructor(
    /** Which robots meet gates at once; the others first answer wrongly. */
    private readonly sure: readonly boolean[],
    private readonly random: Random,
  ) {}

  /** Heard again, it changes nothing. */
  dropped(robot: number, { packetId, rain }: SeenPacket, nowMs: number): void {
    const plans = this.plans.get(packetId) ?? new Map<number, Plan>();
    this.plans.set(packetId, plans);
    if (plans.has(robot)) return;
    const firstMsMax = rain ? rain.roundSeconds * 1_000 * CATCH_PART_MAX : FIRST_MS_MAX;
    const cares = this.random() < INTEREST;
    const atMs = cares ? nowMs + between(this.random, FIRST_MS_MIN, firstMsMax) : Infinity;
    plans.set(robot, { atMs, tries: 0, answers: this.sure[robot] ? 'right' : 'wrong' });
  }

  closed(packetId: string): void {
    this.plans.delete(packetId);
  }

  /** Whose turn it is; each once, until its outcome is told. */
  due(nowMs: number): Try[] {
    const tries: Try[] = [];
    for (const [packetId, plans] of this.plans) {
      for (const [robot, plan] of plans) {
        if (plan.atMs > nowMs) continue;
        plan.atMs = Infinity;
        plan.tries += 1;
        tries.push({ robot, packetId, answers: plan.answers });
      }
    }
    return tries;
  }

  /** Without a result: no answer came. */
  answered(robot: number, packetId: string, result: GrabResult<number> | undefined, nowMs: number): void {
    const plan = this.plans.get(packetId)?.get(robot);
    if (!plan || plan.tries >= TRIES_MAX) return;
    const pause = pauseAfter(result, plan.answers);
    if (!pause) return;
    if (pause === CORRECT) plan.answers = 'right';
    plan.atMs = nowMs + between(this.random, ...pause);
  }
}

type Pause = readonly [minMs: number, maxMs: number];
const SHAKE: Pause = [SHAKE_MS_MIN, SHAKE_MS_MAX];
const CORRECT: Pause = [CORRECT_MS_MIN, CORRECT_MS_MAX];
const WAIT: Pause = [WAIT_MS_MIN, WAIT_MS_MAX];

/** How long until the next try; undefined: there is none. */
function pauseAfter(result: GrabResult<number> | undefined, answers: Try['answers']): Pause | undefined {
  if (!result || result.outcome === 'busy' || result.outcome === 'not_open') return WAIT;
  if (result.outcome !== 'not_eligible') return undefined;
  switch (result.reason) {
    case 'luck':
      return SHAKE;
    case 'paused':
      return WAIT;
    case 'password':
    case 'quiz':
    case 'place':
      return answers === 'wrong' ? CORRECT : undefined;
    default:
      return undefined;
  }
}
