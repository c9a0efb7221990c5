import type { Diagnostic } from '../base/index.ts';
import type { ComparedOutput, Comparison } from '../engine/index.ts';
import { isCoarse } from './output-precision.ts';

/** Largest errors that count as the same result, as L2(y - r) / L2(r). */
export interface ErrorLimits {
  /** Of each output alone. */
  readonly each: number;
  /** Of all outputs of the type together. */
  readonly pooled: number;
}

export interface OutputVerdict {
  readonly verified: boolean;
  /** SK4001 to SK4003, the worst first. */
  readonly failures: readonly Diagnostic[];
  /** SK4004. */
  readonly warnings: readonly Diagnostic[];
  /** Error over all outputs of a precision together. */
  readonly pooledErrors: Readonly<Record<string, number>>;
}

/**
 * Limits of an element type. Types with the precision of bf16 or less have bf16's; all others have those of f32:
 * integers may flip where they round or pick the largest of nearly equal numbers.
 */
export function errorLimits(dtype: string): ErrorLimits {
  return isCoarse(dtype) ? { each: 5e-2, pooled: 5e-3 } : { each: 5e-3, pooled: 1e-4 };
}

/** What a program says of its outputs. */
export interface OutputFacts {
  /** Names of the outputs in which a wrong gradient shows (`tellingOutputs`). */
  readonly telling: readonly string[];
  /** The precision by which each output is judged, in their order (`outputPrecisions`). */
  readonly precisions: readonly string[];
}

/** An output with the precision by which it is judged. */
type JudgedOutput = ComparedOutput & { readonly precision: string };

/**
 * The verdict on a comparison. An output with any element that is not finite fails, whatever the other run has there.
 * A warning says when no output was compared in which a wrong gradient shows.
 */
export function judgeOutputs(comparison: Comparison, { telling, precisions }: OutputFacts): OutputVerdict {
  const outputs = comparison.outputs.map((output, index) => ({
    ...output,
    precision: precisions[index] ?? output.dtype,
  }));
  const pooledErrors = poolErrors(outputs);
  const notFinite = outputs.filter(output => output.nonFinite > 0 || output.referenceNonFinite > 0);
  const wrong = outputs
    .filter(output => !(output.l2Error <= errorLimits(output.precision).each))
    .sort((a, b) => b.l2Error - a.l2Error);
  const pooled = Object.entries(pooledErrors).filter(([dtype, error]) => !(error <= errorLimits(dtype).pooled));
  const failures = [
    ...notFinite.map(notFiniteFailure),
    ...wrong.map(errorFailure),
    ...pooled.map(([dtype, error]) => pooledFailure(dtype, error)),
  ];
  const compared = outputs.some(output => telling.includes(output.name));
  const warnings = compared ? [] : [nothingTelling(outputs.length)];
  return { verified: failures.length === 0, failures, warnings, pooledErrors };
}

/** sqrt(sum of squared differences) / sqrt(sum of squared references), over the outputs of each precision. */
function poolErrors(outputs: readonly JudgedOutput[]): Record<string, number> {
  const sums = new Map<string, { differences: number; references: number }>();
  for (const { precision, differenceNorm, referenceNorm } of outputs) {
    const { differences, references } = sums.get(precision) ?? { differences: 0, references: 0 };
    sums.set(precision, {
      differences: differences + differenceNorm ** 2,
      references: references + referenceNorm ** 2,
    });
  }
  const ratio = (a: number, b: number): number => (a === 0 ? 0 : Math.sqrt(a / b));
  return Object.fromEntries([...sums].map(([name, sum]) => [name, ratio(sum.differences, sum.references)]));
}

function notFiniteFailure(output: ComparedOutput): Diagnostic {
  const { name, nonFinite, referenceNonFinite } = output;
  const both = referenceNonFinite > 0;
  return {
    code: 'SK4002',
    severity: 'error',
    message: `${name}: ${nonFinite} elements are not finite, and ${referenceNonFinite} on one device`,
    next: both
      ? 'give inputs for which the program itself is finite: an inputs spec, or --inputs'
      : 'the split program is wrong; report it with plan.json and annotated.mlir',
  };
}

function errorFailure({ name, precision, l2Error, referenceNorm }: JudgedOutput): Diagnostic {
  return {
    code: 'SK4001',
    severity: 'error',
    message: `${name}: relative error ${l2Error.toExponential(2)} (norm ${referenceNorm.toExponential(2)})`,
    expected: `at most ${errorLimits(precision).each.toExponential()} for ${precision}`,
    next: 'try two more seeds (--seed 1): values at a kink may fall either way; else the split is wrong: report its plan.json',
  };
}

function pooledFailure(precision: string, error: number): Diagnostic {
  return {
    code: 'SK4003',
    severity: 'error',
    message: `all ${precision} outputs together: relative error ${error.toExponential(2)}`,
    expected: `at most ${errorLimits(precision).pooled.toExponential()} for ${precision}`,
    next: 'look at the outputs with the largest errors; where rounding grows along the program, use smaller inputs',
  };
}

function nothingTelling(outputs: number): Diagnostic {
  return {
    code: 'SK4004',
    severity: 'warning',
    message: `none of the ${outputs} outputs is an optimizer's moment or a gradient, so a wrong gradient may go unseen`,
    next: "return the optimizer's state or the gradients from the step as well",
  };
}
