import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { Agenda } from '../lib/agenda.ts';
import { Chance } from '../lib/chance.ts';
import { LoadClock } from '../lib/clock.ts';
import { socketMetrics } from '../lib/metrics.ts';
import { Tally } from '../lib/tally.ts';
import type { Plan } from '../model/plan.ts';
import { headOf, piecesOf, type Piece, type PlanHead } from '../scenarios/piece.ts';
import { play } from '../scenarios/play.ts';
import { Vu } from '../scenarios/vu.ts';

/** `-e PLAN=/path/plan.json`, and `-e METRICS=1` for k6's own metrics of each message as well. */
const { PLAN, METRICS } = __ENV;

/** The head, then a piece for each VU. Read and cut once in a process; a VU parses the head and its own piece only. */
const shared = new SharedArray<PlanHead | Piece>('plan', () => {
  const plan = JSON.parse(open(PLAN!)) as Plan;
  return [headOf(plan), ...piecesOf(plan)];
});
const head = shared[0] as PlanHead;
const metrics = METRICS === '1' ? socketMetrics() : undefined;

/**
 * A VU ends by itself, but for one whose server does not even answer the closing of its WebSockets: k6 waits for that
 * beyond any duration, so whoever started it must end it once all VUs have said `end`. This bound is for all else, and has
 * room for what the clocks of the machines may be apart before the server's is asked.
 */
const MARGIN_SECONDS = 30;
const endsAtMs = head.startsAtMs + (head.seconds + head.tailSeconds + MARGIN_SECONDS) * 1_000;

export const options: Options = {
  scenarios: {
    play: {
      executor: 'per-vu-iterations',
      vus: head.vus,
      iterations: 1,
      maxDuration: `${Math.max(MARGIN_SECONDS, Math.ceil((endsAtMs - Date.now()) / 1_000))}s`,
      gracefulStop: '0s',
    },
  },
  // None of k6's own tags is read: what is left of its samples of each message is cheaper without them.
  systemTags: [],
  setupTimeout: '10s',
  noCookiesReset: true,
};

export default function playPiece(): void {
  const place = exec.vu.idInTest - 1;
  const tally = new Tally(place + 1, (line) => console.log(line));
  const clock = new LoadClock(head.startsAtMs);
  const agenda = new Agenda((error) => vu.threw(error));
  const vu: Vu = new Vu(place, head, agenda, clock, tally, new Chance(head.seed, place));
  play(vu, shared[place + 1] as Piece, metrics);
}
