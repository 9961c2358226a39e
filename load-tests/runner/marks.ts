import type { Plan } from '../model/plan.ts';
import type { Result } from '../model/result.ts';

export type Mark = Result['marks'][number];

const GIVEN = /^(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?=(.+)$/;

/** What the plan does by itself: drops open and sockets are cut. */
export function marksOfPlan({ parts, storms }: Plan): Mark[] {
  const drops = parts.flatMap((part) => (part.kind === 'crowd' ? part.drops : []));
  return [
    ...drops.map(({ opensAtSecond }, k): Mark => ({
      atSecond: opensAtSecond,
      what: `drop ${k + 1}`,
      kind: 'drop',
    })),
    ...storms.map(({ atSecond, percent }): Mark => ({
      atSecond,
      what: `${percent} % of the sockets cut`,
      kind: 'storm',
    })),
  ];
}

/** `30-40=Redis 200 ms slower`, or `30=gateway killed`: what somebody did to the service, in seconds of the load. */
export function parseMark(text: string): Mark | undefined {
  const [, from, until, what] = GIVEN.exec(text) ?? [];
  if (from === undefined || (until !== undefined && Number(until) <= Number(from))) return undefined;
  return {
    atSecond: Number(from),
    ...(until === undefined ? {} : { untilSecond: Number(until) }),
    what: what!,
    kind: 'fault',
  };
}
