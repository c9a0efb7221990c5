import { integersAttribute } from '../access.ts';
import type { Operation } from '../program.ts';
import type { TensorType, Type } from '../types.ts';
import { elementCount, formatType, tensorType } from '../types.ts';
import { optionalIntegers, optionalPadding, requiredIntegers } from './attribute-forms.ts';
import type { OperationContext, OperationDefinition, Report } from './definition.ts';
import { equalNumbers, formatNumbers, one, operandTensor, some, terminatorTypes, three, two } from './definition.ts';
import { paddingPairs } from './dense-integers.ts';
import { reducerElements } from './reduce.ts';
import { isPromotable, verifyReducer } from './reducer.ts';
import type { WindowDimension } from './window.ts';
import { windowCount } from './window.ts';

/** Pooling: `reduce_window`, and the gradient of maximum pooling, `select_and_scatter`. */
export const reduceWindow: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.reduce_window',
    tier: 'A',
    attributes: {
      window_dimensions: requiredIntegers,
      window_strides: optionalIntegers,
      base_dilations: optionalIntegers,
      window_dilations: optionalIntegers,
      padding: optionalPadding,
    },
    operands: { minimum: 2, maximum: Number.POSITIVE_INFINITY },
    results: some,
    regions: one,
    infer: inferReduceWindow,
    verify: verifyReduceWindow,
    regionRuns: context => [resultElements(context) * elementCount(windowSizes(context.operation))],
  },
  {
    name: 'stablehlo.select_and_scatter',
    tier: 'A',
    attributes: {
      window_dimensions: requiredIntegers,
      window_strides: optionalIntegers,
      padding: optionalPadding,
    },
    operands: three,
    results: one,
    regions: two,
    infer: inferSelectAndScatter,
    verify: verifySelectAndScatter,
    regionRuns: context => {
      const source = elementCount(operandTensor(context, 1).shape);
      return [source * elementCount(windowSizes(context.operation)), source];
    },
  },
];

/** The window of each dimension of a pooling over a tensor of `rank` dimensions. */
export function poolingWindow(operation: Operation, rank: number): readonly WindowDimension[] {
  const sizes = windowSizes(operation);
  const strides = integersAttribute(operation, 'window_strides');
  const baseDilations = integersAttribute(operation, 'base_dilations');
  const windowDilations = integersAttribute(operation, 'window_dilations');
  const padding = paddingPairs(operation, rank);
  return Array.from({ length: rank }, (_, index) => ({
    size: sizes[index] ?? 1,
    stride: strides[index] ?? 1,
    paddingLow: padding[index][0],
    paddingHigh: padding[index][1],
    baseDilation: baseDilations[index] ?? 1,
    windowDilation: windowDilations[index] ?? 1,
  }));
}

function windowSizes(operation: Operation): readonly number[] {
  return integersAttribute(operation, 'window_dimensions');
}

function windowShape(operation: Operation, shape: readonly number[]): readonly number[] {
  const window = poolingWindow(operation, shape.length);
  return shape.map((size, index) => windowCount(size, window[index]));
}

function resultElements(context: OperationContext): number {
  return elementCount(windowShape(context.operation, operandTensor(context, 0).shape));
}

function inferReduceWindow(context: OperationContext): readonly Type[] {
  const shape = windowShape(context.operation, operandTensor(context, 0).shape);
  const elements = reducerElements(context);
  return Array.from({ length: context.operands.length / 2 }, (_, index) =>
    tensorType(shape, elements[index] ?? operandTensor(context, index).element),
  );
}

function verifyReduceWindow(context: OperationContext, report: Report): void {
  const { operands, operation } = context;
  const count = operands.length / 2;
  if (!Number.isInteger(count) || (operation.results.length !== count && operation.results.length !== 0)) {
    report('C1', `${operands.length} operands for ${operation.results.length} results, not inputs and initial values`);
    return;
  }
  const inputs: TensorType[] = [];
  for (let index = 0; index < count; index++) {
    const input = operandTensor(context, index);
    const initial = operandTensor(context, count + index);
    inputs.push(input);
    if (!equalNumbers(input.shape, inputs[0].shape))
      report('C2', `input ${index} is ${formatType(input)}, unlike input 0`);
    if (initial.shape.length !== 0) report('I2', `initial value ${index} is ${formatType(initial)}, not a scalar`);
  }
  verifyWindowLists(operation, inputs[0].shape.length, reduceWindowLabels, report);
  verifyReducer(context, operation.regions[0], inputs, operands.slice(count), 'C13', report);
}

type WindowLabels = Readonly<Record<string, readonly [count: string, positive: string]>>;

const reduceWindowLabels: WindowLabels = {
  window_dimensions: ['C4', 'C5'],
  window_strides: ['C6', 'C7'],
  base_dilations: ['C8', 'C9'],
  window_dilations: ['C10', 'C11'],
  padding: ['C12', 'C12'],
};

const selectAndScatterLabels: WindowLabels = {
  window_dimensions: ['C4', 'C5'],
  window_strides: ['C6', 'C7'],
  padding: ['C8', 'C8'],
};

function verifyWindowLists(operation: Operation, rank: number, labels: WindowLabels, report: Report): void {
  for (const [name, [countLabel, positiveLabel]] of Object.entries(labels)) {
    const attribute = operation.attributes[name];
    if (attribute === undefined) continue;
    if (attribute.kind === 'dense') {
      const { shape } = attribute.type;
      if (shape.length !== 2 || shape[0] !== rank || shape[1] !== 2) {
        report(countLabel, `padding has shape ${formatNumbers(shape)}, not [${rank}, 2]`);
      }
      continue;
    }
    const values = integersAttribute(operation, name);
    if (values.length !== rank) report(countLabel, `${values.length} ${name} for rank ${rank}`);
    else if (values.some(value => value <= 0)) {
      report(positiveLabel, `${name} ${formatNumbers(values)} are not all positive`);
    }
  }
}

function inferSelectAndScatter(context: OperationContext): readonly Type[] {
  const operand = operandTensor(context, 0);
  const [scattered] = terminatorTypes(context, context.operation.regions[1]);
  return [tensorType(operand.shape, scattered?.kind === 'tensor' ? scattered.element : operand.element)];
}

function verifySelectAndScatter(context: OperationContext, report: Report): void {
  const { operation } = context;
  const operand = operandTensor(context, 0);
  const source = operandTensor(context, 1);
  const initial = operandTensor(context, 2);
  if (initial.shape.length !== 0) report('I3', `the initial value is ${formatType(initial)}, not a scalar`);
  let broken = false;
  verifyWindowLists(operation, operand.shape.length, selectAndScatterLabels, (label, message) => {
    broken = true;
    report(label, message);
  });
  const expected = broken ? source.shape : windowShape(operation, operand.shape);
  if (!equalNumbers(source.shape, expected)) {
    report('C2', `the source is ${formatType(source)}, but the window takes ${formatNumbers(expected)} places`);
  }
  verifySelect(context, operand, report);
  verifyReducer(context, operation.regions[1], [source], [initial], 'C10', report);
}

function verifySelect(context: OperationContext, operand: TensorType, report: Report): void {
  const [select] = context.operation.regions;
  const parameters = select.arguments.map(value => context.typeOf(value));
  const [decided, ...rest] = terminatorTypes(context, select);
  if (parameters.length !== 2) report('C9', `the selection takes ${parameters.length} arguments, not 2`);
  for (const type of parameters) {
    if (type.kind !== 'tensor' || type.shape.length !== 0 || !isPromotable(operand.element, type.element)) {
      report('C9', `the selection compares ${formatType(type)}, not scalars of ${operand.element}`);
    }
  }
  if (rest.length > 0 || decided?.kind !== 'tensor' || decided.shape.length !== 0 || decided.element !== 'i1') {
    report('C9', 'the selection does not hand on one tensor<i1>');
  }
}
