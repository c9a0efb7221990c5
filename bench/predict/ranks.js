export const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** Ranks from 0; equal values share the mean of their places. */
export function ranks(values) {
  return values.map(value => {
    const below = values.filter(other => other < value).length;
    const equal = values.filter(other => other === value).length;
    return below + (equal - 1) / 2;
  });
}

/** Spearman's rank correlation: Pearson's of the ranks. */
export function rankCorrelation(first, second) {
  const [a, b] = [ranks(first), ranks(second)];
  const [middleA, middleB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, index) => (value - middleA) * (b[index] - middleB)));
  const spread = (values, middle) => Math.sqrt(mean(values.map(value => (value - middle) ** 2)));
  return covariance / (spread(a, middleA) * spread(b, middleB));
}
