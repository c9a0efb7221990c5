import { createRandom, type Random } from '../../../src/base/index.ts';
import type { Tensor } from '../../../src/eval/index.ts';
import { tensor } from '../../../src/eval/index.ts';
import { type ElementType, elementCount, type Operation, type TensorType } from '../../../src/ir/index.ts';
import type { RuleCase } from './case.ts';
import { range } from './factor-cut.ts';

/**
 * Random operands of an operation; the same seed gives the same operands. Floats are small multiples of a power of two,
 * so that sums and products of them are exact in any order. What a body combines is such that every element matters.
 */
export function randomOperands(ruled: RuleCase, seed: number): Tensor[] {
  const random = createRandom(seed);
  const { operation, operandTypes, zeroOperands } = ruled;
  const places = Math.max(2, ...(operandTypes[0]?.shape ?? []));
  return operandTypes.map(({ element, shape }, index) => {
    if (zeroOperands.includes(index)) return tensor(element, shape, [0]);
    const draw = isIndex(operation, index)
      ? // Indices a little outside of their range must be treated alike by the whole and by its pieces.
        () => random.integer(element.startsWith('ui') ? 0 : -2, places + 2)
      : drawOf(random, element, useOf(operation, index, { element, shape }));
    const count = elementCount(shape) * (element.startsWith('complex') ? 2 : 1);
    return tensor(element, shape, range(0, count).map(draw));
  });
}

/** What becomes of an operand's elements: the name of the body that combines them, where there is one. */
function useOf({ name, regions }: Operation, operand: number, { element, shape }: Omit<TensorType, 'kind'>): string {
  if (name === 'stablehlo.divide') return operand === 1 ? 'stablehlo.multiply' : '';
  const body = regions[0]?.operations[0]?.name ?? '';
  // An initial value must not outweigh the elements.
  const isOrdered = body === 'stablehlo.maximum' || body === 'stablehlo.minimum';
  return isOrdered && shape.length === 0 && element !== 'i1' ? 'start' : body;
}

function drawOf(random: Random, element: ElementType, use: string): () => number {
  const isInteger = /^(u?i\d+|index)$/.test(element);
  const rarely = (often: number, other: () => number) => () => (random.next() < 0.95 ? often : other());
  const bit = () => 1 << random.integer(0, 7);
  if (element === 'i1') {
    if (use === '') return () => random.integer(0, 2);
    const falls = ['stablehlo.and', 'stablehlo.minimum', 'stablehlo.multiply'].includes(use);
    return falls ? rarely(1, () => 0) : rarely(0, () => 1);
  }
  switch (use) {
    case 'stablehlo.and':
      return rarely(-1, () => -1 - bit());
    case 'stablehlo.or':
      return rarely(0, bit);
    case 'stablehlo.multiply':
      return isInteger ? () => 2 * random.integer(0, 50) + 1 : () => random.pick([-2, -1, -0.5, 0.5, 1, 2]);
    case 'stablehlo.maximum':
    case 'stablehlo.minimum':
      return () => random.integer(isInteger && element.startsWith('ui') ? 0 : -100, 100);
    case 'start':
      return () => random.integer(0, 3);
    default:
  }
  if (isInteger) return () => random.integer(element.startsWith('ui') ? 0 : -100, 100);
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
