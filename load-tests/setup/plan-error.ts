/** The run can't be prepared: too large, or not possible at this target. The message is one sentence for people. */
export class PlanError extends Error {
  override name = 'PlanError';
}
