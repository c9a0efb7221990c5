import type { Diagnostic } from '../base/index.ts';
import type { ComparedOutput, Comparison } from '../engine/index.ts';

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
}

/**
 * Limits of an element type. Types with the precision of bf16 or less have bf16's; all others have those of f32:
 * integers may flip where they round or pick the largest of nearly equal numbers.
 */
export function errorLimits(dtype: string): ErrorLimits {
  return /^(bf16|f16|f[468]E)/.test(dtype) ? { each: 5e-2, pooled: 5e-3 } : { each: 5e-3, pooled: 1e-4 };
}

/**
 * The verdict on a comparison. An output with any element that is not finite fails, whatever the other run has there.
 * `telling` names the outputs in which a wrong gradient shows (`tellingOutputs`); a warning says when none was compared.
 */
export function judgeOutputs(comparison: Comparison, telling: readonly string[]): OutputVerdict {
  const { outputs, pooledErrors } = comparison;
  const notFinite = outputs.filter(output => output.nonFinite > 0 || output.referenceNonFinite > 0);
  const wrong = outputs
    .filter(output => !(output.l2Error <= errorLimits(output.dtype).each))
    .sort((a, b) => b.l2Error - a.l2Error);
  const pooled = Object.entries(pooledErrors).filter(([dtype, error]) => !(error <= errorLimits(dtype).pooled));
  const failures = [
    ...notFinite.map(notFiniteFailure),
    ...wrong.map(errorFailure),
    ...pooled.map(([dtype, error]) => pooledFailure(dtype, error)),
  ];
  const compared = outputs.some(output => telling.includes(output.name));
  return { verified: failures.length === 0, failures, warnings: compared ? [] : [nothingTelling(outputs.length)] };
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

function errorFailure({ name, dtype, l2Error, referenceNorm }: ComparedOutput): Diagnostic {
  return {
    code: 'SK4001',
    severity: 'error',
    message: `${name}: relative error ${l2Error.toExponential(2)} (norm ${referenceNorm.toExponential(2)})`,
    expected: `at most ${errorLimits(dtype).each.toExponential()} for ${dtype}`,
    next: 'try two more seeds (--seed 1): values at a kink may fall either way; else the split is wrong: report its plan.json',
  };
}

function pooledFailure(dtype: string, error: number): Diagnostic {
  return {
    code: 'SK4003',
    severity: 'error',
    message: `all ${dtype} outputs together: relative error ${error.toExponential(2)}`,
    expected: `at most ${errorLimits(dtype).pooled.toExponential()} for ${dtype}`,
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
