/**
 * Solves min |A x - b|^2 by its normal equations, with x at least `least` in every entry: entries that would fall below
 * are held there and the others solved again. `rows`: [equations, unknowns]. For a handful of unknowns.
 */
export function solveLeastSquares(
  rows: readonly (readonly number[])[],
  wanted: readonly number[],
  least: readonly number[],
): number[] {
  const held = new Set<number>();
  for (;;) {
    const free = least.map((_, unknown) => unknown).filter(unknown => !held.has(unknown));
    const right = wanted.map((value, row) => [...held].reduce((rest, k) => rest - rows[row][k] * least[k], value));
    const normal = free.map(a => free.map(b => sumOver(rows, row => row[a] * row[b])));
    const image = free.map(a => sumOver(rows, (row, index) => row[a] * right[index]));
    const found = solveLinear(normal, image);
    const below = free.filter((unknown, index) => !(found[index] >= least[unknown]));
    if (below.length === 0) {
      const solution = [...least];
      for (const [index, unknown] of free.entries()) solution[unknown] = found[index];
      return solution;
    }
    for (const unknown of below) held.add(unknown);
  }
}

function sumOver(
  rows: readonly (readonly number[])[],
  term: (row: readonly number[], index: number) => number,
): number {
  return rows.reduce((sum, row, index) => sum + term(row, index), 0);
}

/** Gaussian elimination with partial pivoting; NaN for unknowns that nothing determines. */
function solveLinear(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const size = right.length;
  const work = matrix.map((row, index) => [...row, right[index]]);
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(work[row][column]) > Math.abs(work[pivot][column])) pivot = row;
    }
    [work[column], work[pivot]] = [work[pivot], work[column]];
    for (let row = column + 1; row < size; row++) {
      const factor = work[row][column] / work[column][column];
      for (let k = column; k <= size; k++) work[row][k] -= factor * work[column][k];
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    const known = work[row].slice(row + 1, size).reduce((sum, value, k) => sum + value * solution[row + 1 + k], 0);
    solution[row] = (work[row][size] - known) / work[row][row];
  }
  return solution;
}
