import { expect, test } from 'vitest';
import { solveLeastSquares } from './least-squares.ts';

test('finds the unknowns of equations that agree', () => {
  const rows = [
    [1, 2],
    [3, 1],
    [1, 1],
  ];
  expect(solveLeastSquares(rows, [8, 9, 5], [0, 0])).toEqual([expect.closeTo(2, 9), expect.closeTo(3, 9)]);
});

test('takes the middle of equations that do not agree', () => {
  expect(solveLeastSquares([[1], [1], [1]], [1, 2, 6], [0])).toEqual([expect.closeTo(3, 9)]);
});

test('holds an unknown at its least value and fits the others to what is left', () => {
  const rows = [
    [1, 1],
    [1, 2],
  ];
  // Without bounds: 4 and -1.
  const [first, second] = solveLeastSquares(rows, [3, 2], [0, 0.5]);
  expect(second).toBe(0.5);
  expect(first).toBeCloseTo((3 - 0.5 + (2 - 1)) / 2, 9);
});
