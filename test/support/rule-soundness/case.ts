import { createRandom, type Random } from '../../../src/base/index.ts';
import type { EvaluationContext, Tensor } from '../../../src/eval/index.ts';
import { tensor } from '../../../src/eval/index.ts';
import type { ElementType, Func, Operation, Program, TensorType, ValueId } from '../../../src/ir/index.ts';
import { elementCount, printProgram } from '../../../src/ir/index.ts';
import { type FactorRule, factorRule, formatFactorRule } from '../../../src/sharding/index.ts';
import type { Cut } from './factor-cut.ts';
import { range } from './factor-cut.ts';
import type { RuledOperation } from './local-operation.ts';

/** An operation whose rule is to be checked, in the program it comes from. */
export interface RuleCase extends RuledOperation {
  /** The operation as text, alone in a function of its operands. */
  readonly text: string;
  readonly context: EvaluationContext;
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
  return { operation, rule, operandTypes, resultTypes, text, context: { program, func } };
}

function isTensor(type: Func['valueTypes'][number]): type is TensorType {
  return type.kind === 'tensor';
}

/** Prints an operation as a function that does nothing else. */
function operationText(program: Program, func: Func, operation: Operation): string {
  const operands = [...new Set(operation.operands)];
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

/** What a failing check prints: the operation, its rule, the cut and the seed. */
export function describeCut({ text, rule }: RuleCase, cut: Cut, seed: number, problem: string): string {
  const pieces = cut.flatMap((count, factor) =>
    count === 1 ? [] : [`${String.fromCharCode(105 + factor)} (${rule.factors[factor].kind}) in ${count}`],
  );
  return `${text}\n  rule ${formatFactorRule(rule)}\n  cut ${pieces.join(', ')}, seed ${seed}: ${problem}`;
}

/**
 * Random operands of an operation; the same seed gives the same operands. Floats are small multiples of a power of two,
 * so that sums and products of them are exact in any order.
 */
export function randomOperands(ruled: RuledOperation, seed: number): Tensor[] {
  const random = createRandom(seed);
  const places = Math.max(2, ...(ruled.operandTypes[0]?.shape ?? []));
  const multiplied = ruled.operation.regions[0]?.operations[0]?.name === 'stablehlo.multiply';
  return ruled.operandTypes.map(({ element, shape }, index) => {
    const draw = isIndex(ruled.operation, index)
      ? // Indices a little outside of their range must be treated alike by the whole and by its pieces.
        () => random.integer(element.startsWith('ui') ? 0 : -2, places + 2)
      : drawOf(random, element, multiplied);
    const count = elementCount(shape) * (element.startsWith('complex') ? 2 : 1);
    return tensor(element, shape, range(0, count).map(draw));
  });
}

/** How elements of a type are drawn. Factors of long products are never such that the product becomes zero. */
function drawOf(random: Random, element: ElementType, multiplied: boolean): () => number {
  if (element === 'i1') return () => random.integer(0, 2);
  const isInteger = /^(u?i\d+|index)$/.test(element);
  if (isInteger && multiplied) return () => 2 * random.integer(0, 50) + 1;
  if (isInteger) return () => random.integer(element.startsWith('ui') ? 0 : -100, 100);
  if (multiplied) return () => random.pick([-2, -1, -0.5, 0.5, 1, 2]);
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

function smallestDivisor(size: number): number {
  for (let divisor = 2; divisor * divisor <= size; divisor++) if (size % divisor === 0) return divisor;
  return size;
}
