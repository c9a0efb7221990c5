import { elementCount, integerAttribute, symbolAttribute } from '../ir/index.ts';
import type { Value, ValueCall, ValueEvaluator } from './call.ts';
import { resultType, tensorsOf } from './call.ts';
import { elementAt, setElement } from './movement.ts';
import { scalarValue, zeros } from './tensor.ts';

/** Control flow, and operations that hand values on. */
export const control: Readonly<Record<string, ValueEvaluator>> = {
  'func.call': call => call.runFunction(symbolAttribute(call.operation, 'callee'), call.operands),
  'stablehlo.composite': call => call.runFunction(symbolAttribute(call.operation, 'decomposition'), call.operands),
  'stablehlo.while': loop,
  'stablehlo.if': call => call.runRegion(call.operation.regions[firstNumber(call.operands) === 0 ? 1 : 0], []),
  'stablehlo.case': branch,
  'stablehlo.map': mapElements,
  'stablehlo.optimization_barrier': call => call.operands,
  'stablehlo.tuple': call => [{ kind: 'tuple', elements: call.operands }],
  'stablehlo.get_tuple_element': tupleElement,
  'stablehlo.after_all': () => [{ kind: 'tuple', elements: [] }],
  'stablehlo.create_token': () => [{ kind: 'tuple', elements: [] }],
};

function loop(call: ValueCall): readonly Value[] {
  const [condition, body] = call.operation.regions;
  let state = call.operands;
  while (firstNumber(call.runRegion(condition, state)) !== 0) state = call.runRegion(body, state);
  return state;
}

/** A number outside the branches chooses the last one. */
function branch(call: ValueCall): readonly Value[] {
  const { regions } = call.operation;
  const index = firstNumber(call.operands);
  return call.runRegion(regions[index >= 0 && index < regions.length ? index : regions.length - 1], []);
}

/** Applies a region to the elements at one place after another. */
function mapElements(call: ValueCall): readonly Value[] {
  const operands = tensorsOf(call.operands);
  const result = zeros(resultType(call));
  for (let i = 0; i < elementCount(result.type.shape); i++) {
    const elements = operands.map(operand => elementAt(operand, i));
    setElement(result, i, tensorsOf(call.runRegion(call.operation.regions[0], elements))[0]);
  }
  return [result];
}

function tupleElement(call: ValueCall): readonly Value[] {
  const [tuple] = call.operands;
  if (!('kind' in tuple)) throw new Error('internal: get_tuple_element of a tensor');
  return [tuple.elements[integerAttribute(call.operation, 'index')]];
}

function firstNumber(values: readonly Value[]): number {
  return scalarValue(tensorsOf(values.slice(0, 1))[0]);
}
