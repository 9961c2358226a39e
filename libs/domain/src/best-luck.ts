/** The largest claim; on a tie the earlier one. Undefined for none. Used only for finished lucky packets. */
export function bestLuckOf<C extends { ordinal: number; amount: number }>(
  claims: Iterable<C>,
): C | undefined {
  let best: C | undefined;
  for (const claim of claims) {
    if (
      !best ||
      claim.amount > best.amount ||
      (claim.amount === best.amount && claim.ordinal < best.ordinal)
    ) {
      best = claim;
    }
  }
  return best;
}
