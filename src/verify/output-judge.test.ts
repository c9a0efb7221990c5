import { describe, expect, it } from 'vitest';
import type { ComparedOutput } from '../engine/index.ts';
import { judgeOutputs } from './output-judge.ts';

const output = (name: string, more: Partial<ComparedOutput> = {}): ComparedOutput => ({
  name,
  dtype: 'f32',
  shape: [4],
  l2Error: 1e-6,
  differenceNorm: 1e-6,
  referenceNorm: 1,
  maxAbsoluteDifference: 1e-6,
  referenceNonFinite: 0,
  nonFinite: 0,
  ...more,
});

const judge = (outputs: ComparedOutput[]) =>
  judgeOutputs(
    { outputs, pooledErrors: {}, seconds: 0 },
    { telling: ['m'], precisions: outputs.map(({ dtype }) => dtype) },
  );

const codes = (outputs: ComparedOutput[]): string[] => judge(outputs).failures.map(failure => failure.code);

describe('the verdict on outputs', () => {
  it('is good where all errors are small', () => {
    expect(judge([output('m'), output('w')])).toMatchObject({ verified: true, failures: [], warnings: [] });
  });

  it.each([
    ['f32', 5e-3, 5.01e-3],
    ['f64', 5e-3, 5.01e-3],
    ['i32', 5e-3, 5.01e-3],
    ['bf16', 5e-2, 5.01e-2],
    ['f16', 5e-2, 5.01e-2],
  ])('limits each output of %s', (dtype, good, bad) => {
    expect(codes([output('m', { dtype, l2Error: good })])).toEqual([]);
    expect(codes([output('m', { dtype, l2Error: bad })])).toEqual(['SK4001']);
  });

  it('limits all outputs of a precision together, by their norms', () => {
    const pair = (dtype: string, error: number) => [
      output('m', { dtype, differenceNorm: 3 * error, referenceNorm: 3 }),
      output('w', { dtype, differenceNorm: 4 * error, referenceNorm: 4 }),
    ];
    expect(judge(pair('f32', 0.5e-4)).pooledErrors.f32).toBeCloseTo(0.5e-4, 12);
    expect(codes([...pair('f32', 0.99e-4), ...pair('bf16', 4.9e-3)])).toEqual([]);
    expect(codes([...pair('f32', 1.01e-4), ...pair('bf16', 4.9e-3)])).toEqual(['SK4003']);
    expect(codes([...pair('f32', 0.99e-4), ...pair('bf16', 5.1e-3)])).toEqual(['SK4003']);
  });

  it('judges an output by the precision of what it was computed from', () => {
    const moment = output('m', { l2Error: 4e-2, differenceNorm: 4e-3, referenceNorm: 1 });
    const verdict = (precision: string) =>
      judgeOutputs({ outputs: [moment], pooledErrors: {}, seconds: 0 }, { telling: ['m'], precisions: [precision] });
    expect(verdict('bf16').verified).toBe(true);
    expect(verdict('f32').failures.map(failure => failure.code)).toEqual(['SK4001', 'SK4003']);
  });

  it('fails on anything that is not finite, also when both runs have it', () => {
    expect(codes([output('m', { nonFinite: 1 })])).toEqual(['SK4002']);
    expect(codes([output('m', { referenceNonFinite: 2, nonFinite: 2, l2Error: 0 })])).toEqual(['SK4002']);
  });

  it('fails on an infinite error and on one that is no number', () => {
    expect(codes([output('m', { l2Error: Infinity, differenceNorm: 1, referenceNorm: 0 })])).toEqual([
      'SK4001',
      'SK4003',
    ]);
    expect(codes([output('m', { l2Error: Number.NaN, differenceNorm: Number.NaN })])).toEqual(['SK4001', 'SK4003']);
  });

  it('names the worst output first', () => {
    const { failures } = judge([output('a', { l2Error: 0.1 }), output('m', { l2Error: 7 })]);
    expect(failures.map(failure => failure.message.split(':')[0])).toEqual(['m', 'a']);
  });

  it('warns where no moment and no gradient was compared', () => {
    const verdict = judge([output('w'), output('loss')]);
    expect(verdict.verified).toBe(true);
    expect(verdict.warnings.map(warning => warning.code)).toEqual(['SK4004']);
  });
});
