import { expect, test } from 'vitest';

interface Ratios {
  readonly flops: number;
  readonly seconds: number;
  readonly memory: number;
}

/** The bench is plain JavaScript; this is what the test asks of it. */
interface Verdicts {
  ratiosOf(found: Ratios, expert: Ratios): Ratios;
  isRediscovered(ratios: Ratios): boolean;
  gainsBeyond(ratiosOfExperts: readonly Ratios[]): string[];
}

const file = new URL('../../bench/planner/verdict.js', import.meta.url).href;
const { ratiosOf, isRediscovered, gainsBeyond }: Verdicts = await import(file);

const ratios = (flops: number, seconds: number, memory: number): Ratios => ({ flops, seconds, memory });

test('a plan is rediscovered where no measure exceeds its limit', () => {
  expect(isRediscovered(ratios(1.02, 1.02, 1.05))).toBe(true);
  expect(isRediscovered(ratios(0.5, 0.5, 0.5))).toBe(true);
  expect(isRediscovered(ratios(1.021, 1, 1))).toBe(false);
  expect(isRediscovered(ratios(1, 1.021, 1))).toBe(false);
  expect(isRediscovered(ratios(1, 1, 1.051))).toBe(false);
});

test('nothing moved by either is a draw, and by the found plan alone a loss', () => {
  expect(ratiosOf(ratios(4, 0, 3), ratios(8, 0, 2))).toEqual(ratios(0.5, 1, 1.5));
  expect(isRediscovered(ratiosOf(ratios(1, 1e-9, 1), ratios(1, 0, 1)))).toBe(false);
});

test('a plan goes beyond where it gains a tenth on every expert and loses to none', () => {
  expect(gainsBeyond([ratios(1, 0.9, 1)])).toEqual(['seconds']);
  expect(gainsBeyond([ratios(1, 0.89, 1), ratios(0.8, 0.95, 1)])).toEqual([]);
  expect(gainsBeyond([ratios(1, 0.8, 1), ratios(0.8, 0.7, 1)])).toEqual(['seconds']);
  expect(gainsBeyond([ratios(1, 0.5, 1.01)])).toEqual([]);
  expect(gainsBeyond([ratios(1.0001, 0.5, 1)])).toEqual(['seconds']);
});
