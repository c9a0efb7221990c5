// How a found plan compares with an expert's: three ratios, and what they amount to.

/** The most that each measure of a rediscovered plan may be, as a part of the expert's. */
export const limits = { flops: 1.02, seconds: 1.02, memory: 1.05 };

/** "Beyond" an expert plan: at least so much better by one measure, and worse by none as far as is printed. */
const gain = 0.1;
const printed = 0.0005;

/** The three measures of `measurePlan`, as one record. */
export function measuresOf({ flops, collectiveSeconds, argumentBytes, temporaryBytes }) {
  return { flops, seconds: collectiveSeconds, memory: argumentBytes + temporaryBytes };
}

/** Each measure of the found plan as a part of the expert's; 1 where both are 0. */
export function ratiosOf(found, expert) {
  const ratio = key => (found[key] === expert[key] ? 1 : found[key] / expert[key]);
  return { flops: ratio('flops'), seconds: ratio('seconds'), memory: ratio('memory') };
}

/** True where no measure exceeds its limit. */
export function isRediscovered(ratios) {
  return Object.entries(limits).every(([key, limit]) => ratios[key] <= limit);
}

/** The measures by which a plan is at least 10 % better than every expert plan; none where another is worse than one. */
export function gainsBeyond(ratiosOfExperts) {
  const isNowhereWorse = ratiosOfExperts.every(ratios => Object.values(ratios).every(ratio => ratio <= 1 + printed));
  if (!isNowhereWorse) return [];
  return Object.keys(limits).filter(key => ratiosOfExperts.every(ratios => ratios[key] <= 1 - gain));
}
