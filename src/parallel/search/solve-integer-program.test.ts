import { expect, test } from 'vitest';
import { RowWriter } from './integer-program.ts';
import { solveIntegerProgram } from './solve-integer-program.ts';

/** Of three things that cost 3, 2 and 4, and of which the first two exclude each other, two are needed. */
function choice() {
  const writer = new RowWriter();
  const columns = [3, 2, 4].map(cost => writer.column(cost));
  writer.row(2, 2, columns);
  writer.row(Number.NEGATIVE_INFINITY, 1, columns.slice(0, 2));
  return writer.finish(3);
}

test('the best whole numbers are found and proved', async () => {
  const { end, bound, solution } = await solveIntegerProgram({ program: choice(), timeLimitSeconds: 20, gap: 0 });
  expect(end).toBe('optimal');
  expect(bound).toBeCloseTo(6, 9);
  expect([...(solution ?? [])].map(Math.round)).toEqual([0, 1, 1]);
});

test('a start is taken, and nothing above a cutoff is', async () => {
  const start = Float64Array.of(1, 0, 1);
  const started = await solveIntegerProgram({ program: choice(), start, cutoff: 7, timeLimitSeconds: 20, gap: 0 });
  expect(started.end).toBe('optimal');
  expect(started.bound).toBeCloseTo(6, 9);
  const hopeless = await solveIntegerProgram({ program: choice(), cutoff: 5, timeLimitSeconds: 20, gap: 0 });
  expect(hopeless.end).toBe('none');
});

test('a thread that does not heed its time limit is ended, and what it told stands', async () => {
  const url = new URL('../../../test/support/threads/hanging-solver.js', import.meta.url);
  const outcome = await solveIntegerProgram({ program: choice(), timeLimitSeconds: 0.5, gap: 0 }, url);
  expect(outcome).toEqual({ end: 'limit', bound: 3, solution: Float64Array.of(1), nodes: 0 });
});
