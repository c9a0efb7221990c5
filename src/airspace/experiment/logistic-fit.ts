/** Of requests at one density, how many were served of those that could be. */
export interface ShareCount {
  /** Above 0. */
  readonly density: number;
  readonly served: number;
  readonly asked: number;
}

/**
 * A logistic curve of the share that is served.
 *
 * `log-density`: `1 / (1 + (density / half)^steepness)`. It is 1 where nobody asks, and falls like a power where all
 * that asks competes for a fixed capacity, as it should. `density`: `1 / (1 + exp((density - half) * steepness))`,
 * below 1 where nobody asks.
 */
export interface LogisticCurve {
  readonly scale: 'log-density' | 'density';
  /** Density at which half is served. */
  readonly half: number;
  /** Above 0. */
  readonly steepness: number;
}

export interface LogisticFit extends LogisticCurve {
  /** Of the counts, without the constant of their orders. */
  readonly logLikelihood: number;
}

/**
 * The curve under which counts are most likely, found by Newton's method on the two coefficients of a logistic
 * regression, with halved steps where a whole one does not help; the likelihood has one maximum. Undefined where there
 * is no falling curve to find: everybody or nobody is served everywhere, the share rises, or one density parts all that
 * are served from all that are not.
 */
export function fitLogistic(counts: readonly ShareCount[], scale: LogisticCurve['scale']): LogisticFit | undefined {
  const asked = counts.reduce((sum, count) => sum + count.asked, 0);
  const served = counts.reduce((sum, count) => sum + count.served, 0);
  const lastServed = Math.max(...counts.filter(count => count.served > 0).map(({ density }) => density));
  const firstRefused = Math.min(...counts.filter(count => count.served < count.asked).map(({ density }) => density));
  // Otherwise the steeper, the likelier.
  if (!(lastServed > firstRefused)) return undefined;
  // Around the middle of the data and in units of its spread, the two coefficients hardly depend on each other.
  const values = counts.map(({ density }) => (scale === 'density' ? density : Math.log(density)));
  const middle = counts.reduce((sum, count, index) => sum + count.asked * (values[index] as number), 0) / asked;
  const spread = Math.sqrt(
    counts.reduce((sum, count, index) => sum + count.asked * ((values[index] as number) - middle) ** 2, 0) / asked,
  );
  if (!(spread > 0)) return undefined;
  const at = values.map(value => (value - middle) / spread);
  let [level, slope] = [Math.log(served / (asked - served)), 0];
  let likelihood = logLikelihood(counts, at, level, slope);
  for (let round = 0; round < 100; round++) {
    const [toLevel, toSlope] = newtonStep(counts, at, level, slope);
    let share = 1;
    let next = logLikelihood(counts, at, level + toLevel, slope + toSlope);
    while (!(next >= likelihood) && share > 1e-9) {
      share /= 2;
      next = logLikelihood(counts, at, level + share * toLevel, slope + share * toSlope);
    }
    if (!(next >= likelihood)) break;
    const gain = next - likelihood;
    [level, slope, likelihood] = [level + share * toLevel, slope + share * toSlope, next];
    if (gain <= 1e-12 * Math.abs(likelihood)) break;
  }
  if (!(slope < 0)) return undefined;
  const half = middle - (level / slope) * spread;
  return {
    scale,
    half: scale === 'density' ? half : Math.exp(half),
    steepness: -slope / spread,
    logLikelihood: likelihood,
  };
}

/** Where to go from two coefficients: the inverse of the information times the gradient. */
function newtonStep(
  counts: readonly ShareCount[],
  at: readonly number[],
  level: number,
  slope: number,
): readonly [level: number, slope: number] {
  let [gradientLevel, gradientSlope, information, mixed, squared] = [0, 0, 0, 0, 0];
  for (const [index, { served, asked }] of counts.entries()) {
    const place = at[index] as number;
    const share = sigmoid(level + slope * place);
    const rest = served - asked * share;
    const weight = asked * share * (1 - share);
    gradientLevel += rest;
    gradientSlope += rest * place;
    information += weight;
    mixed += weight * place;
    squared += weight * place * place;
  }
  const determinant = information * squared - mixed * mixed;
  if (!(determinant > 0)) return [0, 0];
  return [
    (squared * gradientLevel - mixed * gradientSlope) / determinant,
    (information * gradientSlope - mixed * gradientLevel) / determinant,
  ];
}

function logLikelihood(counts: readonly ShareCount[], at: readonly number[], level: number, slope: number): number {
  let total = 0;
  for (const [index, { served, asked }] of counts.entries()) {
    const odds = level + slope * (at[index] as number);
    total -= served * softplus(-odds) + (asked - served) * softplus(odds);
  }
  return total;
}

function sigmoid(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}

/** `log(1 + exp(value))`, without overflow. */
function softplus(value: number): number {
  return Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));
}

/** The share that a curve has at a density. */
export function shareAt({ scale, half, steepness }: LogisticCurve, density: number): number {
  const distance = scale === 'density' ? density - half : Math.log(density / half);
  return sigmoid(-steepness * distance);
}

/** The density at which a curve has a share, 0 < share < 1. May be below 0 on the scale of density. */
export function densityAt({ scale, half, steepness }: LogisticCurve, share: number): number {
  const distance = Math.log((1 - share) / share) / steepness;
  return scale === 'density' ? half + distance : half * Math.exp(distance);
}

/**
 * The density at which a curve falls most per unit of density: where the sky saturates. On the log scale it lies before
 * half is served, and is 0 where the curve falls most at the very beginning.
 */
export function steepestDensity({ scale, half, steepness }: LogisticCurve): number {
  if (scale === 'density') return half;
  return steepness > 1 ? half * ((steepness - 1) / (steepness + 1)) ** (1 / steepness) : 0;
}
