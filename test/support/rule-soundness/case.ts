import { createRandom, type Random } from '../../../src/base/index.ts';
import type { EvaluationContext, Tensor } from '../../../src/eval/index.ts';
import { tensor } from '../../../src/eval/index.ts';
import type { ElementType, Func, Operation, Program, TensorType, ValueId } from '../../../src/ir/index.ts';
import { elementCount, printProgram, walkOperations } from '../../../src/ir/index.ts';
import { type FactorRule, factorRule, formatFactorRule } from '../../../src/sharding/index.ts';
import type { Cut } from './factor-cut.ts';
import { range } from './factor-cut.ts';
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

/** The values around an operation that its regions use. */
export function capturedValues(operation: Operation): ReadonlySet<ValueId> {
  const made = new Set<ValueId>();
  const used = new Set<ValueId>();
  for (const region of operation.regions) {
    for (const value of region.arguments) made.add(value);
    walkOperations(region, inner => {
      for (const value of inner.operands) used.add(value);
      for (const value of [...inner.results, ...inner.regions.flatMap(block => block.arguments)]) made.add(value);
    });
  }
  return new Set([...used].filter(value => !made.has(value)));
}

/** Prints an operation as a function that does nothing else. */
function operationText(program: Program, func: Func, operation: Operation): string {
  const operands = [...new Set([...operation.operands, ...capturedValues(operation)])];
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

/**
 * Random operands of an operation; the same seed gives the same operands. Floats are small multiples of a power of two,
 * so that sums and products of them are exact in any order.
 */
export function randomOperands(ruled: RuleCase, seed: number): Tensor[] {
  const random = createRandom(seed);
  const places = Math.max(2, ...(ruled.operandTypes[0]?.shape ?? []));
  const { name, regions } = ruled.operation;
  const multiplied = regions[0]?.operations[0]?.name === 'stablehlo.multiply';
  return ruled.operandTypes.map(({ element, shape }, index) => {
    if (ruled.zeroOperands.includes(index)) return tensor(element, shape, [0]);
    const isFactor = multiplied || (name === 'stablehlo.divide' && index === 1);
    const draw = isIndex(ruled.operation, index)
      ? // Indices a little outside of their range must be treated alike by the whole and by its pieces.
        () => random.integer(element.startsWith('ui') ? 0 : -2, places + 2)
      : drawOf(random, element, isFactor);
    const count = elementCount(shape) * (element.startsWith('complex') ? 2 : 1);
    return tensor(element, shape, range(0, count).map(draw));
  });
}

/** How elements of a type are drawn. Factors and divisors are never zero, and floats among them powers of two. */
function drawOf(random: Random, element: ElementType, isFactor: boolean): () => number {
  if (element === 'i1') return () => random.integer(0, 2);
  const isInteger = /^(u?i\d+|index)$/.test(element);
  if (isInteger && isFactor) return () => 2 * random.integer(0, 50) + 1;
  if (isInteger) return () => random.integer(element.startsWith('ui') ? 0 : -100, 100);
  if (isFactor) return () => random.pick([-2, -1, -0.5, 0.5, 1, 2]);
  return element === 'bf16' || element === 'f16' ? () => random.integer(-2, 3) : () => random.integer(-16, 17) / 8;
}

/** True for operands that say where something is. */
function isIndex({ name, operands, results }: Operation, operand: number): boolean {
  switch (name) {
    case 'stablehlo.gather':
      return operand === 1;
    case 'stablehlo.scatter':
      return operand === results.length;
    case 'stablehlo.dynamic_slice':
      return operand > 0;
    case 'stablehlo.dynamic_update_slice':
      return operand > 1;
    case 'stablehlo.case':
      return operand === operands.length - 1;
    default:
      return false;
  }
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
