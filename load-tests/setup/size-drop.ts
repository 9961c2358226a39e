import { PACKET_EXPIRES_SECONDS_MIN } from '@app/contracts';
import type { Curve } from '../model/plan.ts';
import type { DropWorkload } from '../model/workload.ts';
import { PlanError } from './plan-error.ts';

const ROUND_SECONDS_MIN = 5;
const ROUND_SECONDS_MAX = 300;

/** A drop with whole shares, in seconds of the load. `rain` and `shake` as the service takes them. */
export interface SizedDrop {
  atSecond: number;
  announceSeconds: number;
  expiresInSeconds: number;
  packet: { kind: 'lucky' | 'fixed'; amount: number; count: number };
  claimsPerPerson?: number;
  taps: Curve;
  quiz?: DropWorkload['quiz'];
  shake?: { oddsPercent: number; releaseSeconds: number };
  rain?: { rounds: number; roundSeconds: number; gapSeconds: number; catchesPerRound: number };
}

/** `factor`: of shares and amounts. `stretch`: of times. `end`: second at which its packets expire. */
export interface DropSize {
  factor: number;
  stretch: number;
  seconds: number;
  end: number;
  taps: Curve;
}

export function sizeDrop(drop: DropWorkload, { factor, stretch, seconds, end, taps }: DropSize): SizedDrop {
  const { announceSeconds, claimsPerPerson, quiz, shake } = drop;
  const atSecond = drop.at * seconds;
  const rain = drop.rain && sizeRain(drop.rain, stretch);
  const packet = sizePacket(drop.packet, factor, rain ? rain.rounds * rain.catchesPerRound : 1);
  const releaseSeconds = shake && Math.round(shake.releaseSeconds * stretch);
  return {
    ...{ atSecond, announceSeconds, packet, taps },
    expiresInSeconds: Math.max(PACKET_EXPIRES_SECONDS_MIN, Math.ceil(end - atSecond)),
    ...(claimsPerPerson === undefined ? {} : { claimsPerPerson }),
    ...(quiz ? { quiz } : {}),
    ...(shake ? { shake: { oddsPercent: shake.oddsPercent, releaseSeconds: releaseSeconds! } } : {}),
    ...(rain ? { rain } : {}),
  };
}

/** A share keeps its size, at whatever count. */
function sizePacket(
  { kind, amount, count }: DropWorkload['packet'],
  factor: number,
  countMin: number,
): SizedDrop['packet'] {
  if (amount < count)
    throw new PlanError(`A packet of ${amount} fen for ${count} people has less than 1 fen a share.`);
  const shares = Math.max(countMin, Math.round(count * factor));
  // Lucky packets need no whole share; fixed ones divide evenly or are refused.
  const whole =
    kind === 'fixed' ? shares * Math.floor(amount / count) : Math.round((amount / count) * shares);
  return { kind, count: shares, amount: whole };
}

function sizeRain(rain: NonNullable<DropWorkload['rain']>, stretch: number): SizedDrop['rain'] {
  const roundSeconds = Math.round(rain.roundSeconds * stretch);
  if (roundSeconds < ROUND_SECONDS_MIN || roundSeconds > ROUND_SECONDS_MAX)
    throw new PlanError(
      `A round of rain lasts ${ROUND_SECONDS_MIN} to ${ROUND_SECONDS_MAX} seconds, and with this --duration it would last ${roundSeconds}.`,
    );
  return {
    ...{ rounds: rain.rounds, roundSeconds, gapSeconds: Math.round(rain.pauseSeconds * stretch) },
    catchesPerRound: rain.perPerson,
  };
}
