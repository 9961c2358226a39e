import type { Gate, Rain, Tier } from '@app/contracts';
import { rainMs } from '@app/domain';
import type { CampaignDropEntity, DropPlan } from '@app/ledger';

/** Time for the robots to come, and for the first packets to be armed. */
export const FIRST_OPENS_MS = 8_000;
/** Packets arm at 500 shares a millisecond (measured); others arm meanwhile. */
const SHARES_ARMED_PER_MS = 200;
export const GAP_MS_MAX = 10_000;
/** All gaps together: a campaign of many drops is rehearsed with shorter ones. */
const GAPS_MS_MAX = 120_000;
const ANNOUNCE_SECONDS_MAX = 5;
const EXPIRES_SECONDS_MAX = 15;
const RELEASE_SECONDS_MAX = 15;
const RAIN_GAP_SECONDS_MAX = 3;
const ROUND_SECONDS_MAX = 10;
/** Of a rain with more rounds than MANY_ROUNDS; rounds are never shorter. */
const SHORT_ROUND_SECONDS = 5;
const MANY_ROUNDS = 6;
/** Between the end of the last packet and the end of the rehearsal. */
const AFTER_LAST_MS = 5_000;

type Timed = Pick<CampaignDropEntity, 'opensAt' | 'announceSeconds' | 'expiresInSeconds' | 'plan'>;

/** `sureIds`: the robots that are to meet gates of members and tasks. */
export interface RehearsalCast {
  rehearsalId: string;
  sureIds: string[];
}

/**
 * Drops as they are rehearsed from `startMs` (epoch milliseconds) on: in their order, those of one instant together, all
 * waiting cut short, and in reach of robots alone. What they give is left as it is.
 */
export function rehearsedDrops<D extends Timed>(
  drops: readonly D[],
  cast: RehearsalCast,
  startMs: number,
): { drops: D[]; endsAtMs: number } {
  const opensAtMs = openings(drops, startMs);
  const rehearsed = drops.map((drop) => ({
    ...drop,
    opensAt: new Date(opensAtMs.get(drop.opensAt.getTime())!),
    announceSeconds: Math.min(drop.announceSeconds, ANNOUNCE_SECONDS_MAX),
    expiresInSeconds: Math.min(drop.expiresInSeconds, EXPIRES_SECONDS_MAX),
    plan: rehearsedPlan(drop.plan, cast),
  }));
  const ends = rehearsed.map(({ opensAt, expiresInSeconds, plan }) => {
    return opensAt.getTime() + (plan.rain ? rainMs(plan) : expiresInSeconds * 1_000);
  });
  return { drops: rehearsed, endsAtMs: Math.max(...ends) + AFTER_LAST_MS };
}

/** As many tiers as the drop with most has. */
export function tiersOf(drops: readonly Pick<Timed, 'plan'>[]): number {
  return Math.max(0, ...drops.map(({ plan }) => plan.tiers.length));
}

/** The tasks that its gates ask for, each once. */
export function tasksOf(drops: readonly Pick<Timed, 'plan'>[]): string[] {
  const gates = drops.flatMap(({ plan }) => plan.gates);
  return [...new Set(gates.flatMap((gate) => (gate.kind === 'task' ? [gate.taskId] : [])))];
}

/** When what opened at an instant opens in the rehearsal; both in epoch milliseconds. */
function openings(drops: readonly Timed[], startMs: number): Map<number, number> {
  const instants = [...new Set(drops.map(({ opensAt }) => opensAt.getTime()))].sort((a, b) => a - b);
  const shares = drops.reduce((sum, { plan }) => sum + sharesOf(plan), 0);
  const gapMsMax = Math.min(GAP_MS_MAX, Math.floor(GAPS_MS_MAX / Math.max(1, instants.length - 1)));
  const opensAtMs = new Map<number, number>();
  let atMs = startMs + FIRST_OPENS_MS + Math.ceil(shares / SHARES_ARMED_PER_MS);
  for (const [k, instant] of instants.entries()) {
    if (k > 0) atMs += Math.min(gapMsMax, instant - instants[k - 1]!);
    opensAtMs.set(instant, atMs);
  }
  return opensAtMs;
}

function sharesOf({ packet, tiers }: DropPlan): number {
  return packet.count + tiers.reduce((sum, tier) => sum + tier.packet.count, 0);
}

function rehearsedPlan(plan: DropPlan, cast: RehearsalCast): DropPlan {
  const { rain, shake } = plan;
  return {
    ...plan,
    audience: { kind: 'segment', segment: { attributes: { rehearsal: cast.rehearsalId } } },
    tiers: plan.tiers.map(rehearsedTier),
    gates: plan.gates.map((gate) => rehearsedGate(gate, cast)),
    ...(rain && { rain: rehearsedRain(rain) }),
    ...(shake && {
      shake: { ...shake, releaseSeconds: Math.min(shake.releaseSeconds, RELEASE_SECONDS_MAX) },
    }),
  };
}

/** Robots are of a tier by a number that their tokens state: lists and attributes of people say nothing of them. */
function rehearsedTier({ name, neverWon, packet }: Tier, index: number): Tier {
  if (neverWon) return { name, neverWon, packet };
  return { name, segment: { attributes: { tier: index + 1 } }, packet };
}

/** Tasks belong to the tenant: under a name of the rehearsal's own, no completion of a real one is made up. */
function rehearsedGate(gate: Gate, { rehearsalId, sureIds }: RehearsalCast): Gate {
  if (gate.kind === 'members') return { ...gate, userIds: sureIds };
  if (gate.kind === 'task') return { ...gate, taskId: `rehearsal.${rehearsalId}.${gate.taskId}` };
  return gate;
}

function rehearsedRain(rain: Rain): Rain {
  const roundSecondsMax = rain.rounds > MANY_ROUNDS ? SHORT_ROUND_SECONDS : ROUND_SECONDS_MAX;
  return {
    ...rain,
    roundSeconds: Math.min(rain.roundSeconds, roundSecondsMax),
    gapSeconds: Math.min(rain.gapSeconds, RAIN_GAP_SECONDS_MAX),
  };
}
