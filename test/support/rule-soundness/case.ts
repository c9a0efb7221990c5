import type { EvaluationContext } from '../../../src/eval/index.ts';
import type { Func, Operation, Program, TensorType, ValueId } from '../../../src/ir/index.ts';
import { printProgram, readValues } from '../../../src/ir/index.ts';
import { type FactorRule, factorRule, formatFactorRule } from '../../../src/sharding/index.ts';
import type { Cut } from './factor-cut.ts';
import type { RuledOperation } from './local-operation.ts';

/** An operation whose rule is to be checked, in the program it comes from. */
export interface RuleCase extends RuledOperation {
  /** The operation as text, alone in a function of its operands. */
  readonly text: string;
  readonly context: EvaluationContext;
  /** Operands that are known to be zero. */
  readonly zeroOperands: readonly number[];
}

/** A case of one operation; undefined when it takes or gives something that is no tensor. */
export function ruleCase(
  program: Program,
  func: Func,
  operation: Operation,
  zeros?: ReadonlySet<ValueId>,
): RuleCase | undefined {
  const operandTypes = operation.operands.map(value => func.valueTypes[value]);
  const resultTypes = operation.results.map(value => func.valueTypes[value]);
  if (!operandTypes.every(isTensor) || !resultTypes.every(isTensor)) return undefined;
  const rule = factorRule(func, operation, zeros);
  const text = operationText(program, func, operation);
  const zeroOperands = operation.operands.flatMap((value, index) => (zeros?.has(value) ? [index] : []));
  return { operation, rule, operandTypes, resultTypes, text, context: { program, func }, zeroOperands };
}

function isTensor(type: Func['valueTypes'][number]): type is TensorType {
  return type.kind === 'tensor';
}

/** Prints an operation as a function that does nothing else. */
function operationText(program: Program, func: Func, operation: Operation): string {
  const operands = readValues(operation);
  const alone: Func = {
    name: 'main',
    visibility: 'public',
    arguments: operands.map(value => ({ value, attributes: {} })),
    results: operation.results.map(value => ({ type: func.valueTypes[value], attributes: {} })),
    attributes: {},
    valueTypes: func.valueTypes,
    body: {
      arguments: operands,
      operations: [
        operation,
        { name: 'func.return', operands: operation.results, results: [], attributes: {}, regions: [], offset: -1 },
      ],
    },
  };
  const lines = printProgram({ ...program, functions: [alone] }).split('\n');
  return lines.slice(2, -4).join('\n').trim();
}

/** An operation with its rule, for messages. */
export function describeCase({ text, rule }: RuleCase): string {
  return `${text}\n  rule ${formatFactorRule(rule)}`;
}

/** What a failing check prints: the operation, its rule, the cut and the seed. */
export function describeCut(ruled: RuleCase, cut: Cut, seed: number, problem: string): string {
  const pieces = cut.flatMap((count, factor) =>
    count === 1 ? [] : [`${String.fromCharCode(105 + factor)} (${ruled.rule.factors[factor].kind}) in ${count}`],
  );
  return `${describeCase(ruled)}\n  cut ${pieces.join(', ')}, seed ${seed}: ${problem}`;
}

/** The ways to cut a rule that are tried: each factor in several ways, pairs of factors, major factors to the end. */
export function cutsOf(rule: FactorRule): Cut[] {
  const whole = rule.factors.map(() => 1);
  const able = rule.factors.flatMap(({ kind, size }, factor) => (kind !== 'replicate' && size > 1 ? [factor] : []));
  const single = able.flatMap(factor => pieceCounts(rule.factors[factor].size).map(count => whole.with(factor, count)));
  const least = (factor: number) => smallestDivisor(rule.factors[factor].size);
  const pairs = able.flatMap((a, index) => able.slice(index + 1).map(b => whole.with(a, least(a)).with(b, least(b))));
  const merged = [...rule.operands, ...rule.results].flat().flatMap(factors => {
    const [major, minor] = factors;
    const both = minor !== undefined && able.includes(major) && able.includes(minor);
    return both ? [whole.with(major, rule.factors[major].size).with(minor, least(minor))] : [];
  });
  return [...new Map([...single, ...pairs, ...merged].map(cut => [cut.join(), cut])).values()];
}

/** 2, 3 and 4 where they divide a size, the size itself where it is small, and at least its smallest divisor. */
function pieceCounts(size: number): number[] {
  const counts = [2, 3, 4].filter(count => size % count === 0);
  if (size <= 8) counts.push(size);
  if (counts.length === 0) counts.push(smallestDivisor(size));
  return [...new Set(counts)];
}

/** The smallest number above 1 that divides a size above 1. */
export function smallestDivisor(size: number): number {
  for (let divisor = 2; divisor * divisor <= size; divisor++) if (size % divisor === 0) return divisor;
  return size;
}
