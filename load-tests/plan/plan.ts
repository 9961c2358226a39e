import type { Result } from '../model/result.ts';
import { costsOf, type CostsFile } from './costs.ts';
import { predictBreakpoint, type Prediction } from './predict.ts';
import { gatewayShares, latencyOf, type LatencyPoint } from './simulation/latency.ts';
import type { Hardware, Plan } from './shapes.ts';
import { planOf } from './size.ts';
import type { Target } from './demand.ts';

export interface PlanAnswer {
  plan: Plan;
  busy: { what: string; share: number }[];
  latency: LatencyPoint[];
  prediction: Prediction | undefined;
  file: CostsFile;
}

/** All that is printed, drawn or written; the same for the same input. */
export function answerOf(
  { target, hardware }: { target: Target; hardware: Hardware },
  file: CostsFile,
  breakpoint: Result | undefined,
): PlanAnswer {
  const costs = costsOf(file);
  const plan = planOf(target, hardware, costs);
  return {
    ...{ plan, file, busy: gatewayShares(plan, costs), latency: latencyOf(plan, costs) },
    prediction: breakpoint?.breakpoint ? predictBreakpoint(breakpoint, file, costs) : undefined,
  };
}
