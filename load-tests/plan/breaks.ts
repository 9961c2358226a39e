import type { Plan } from './shapes.ts';
import { tiersWalls } from './size.ts';

/** Something that is full at a multiple of the planned peak. */
export interface Break {
  what: string;
  /** Times the planned peak. */
  at: number;
}

/** Without margins: what is full first when the peak grows and nothing is added. Memory follows people and shares, not grabs. */
export function breaksOf(plan: Plan): Break[] {
  const { headroom } = plan.hardware;
  const tiers = plan.tiers.flatMap(({ name, count, bounds }) =>
    bounds
      .filter(({ what, units }) => (what === 'CPU' || what === 'network') && units > 0)
      .map(({ what, units }) => ({ what: `${name}: ${what}`, at: count / units / headroom })),
  );
  return [...tiers, ...tiersWalls(plan)].toSorted((a, b) => a.at - b.at);
}
