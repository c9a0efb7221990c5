import type { ScatterDimensions } from '../access.ts';
import { scatterDimensions } from '../access.ts';
import type { TensorType, Type } from '../types.ts';
import { elementCount, formatType, tensorType } from '../types.ts';
import { optionalBoolean, requiredRecord } from './attribute-forms.ts';
import type { OperationContext, OperationDefinition, Report } from './definition.ts';
import { equalNumbers, formatNumbers, inRange, isSorted, isUnique, one, operandTensor, some } from './definition.ts';
import { verifyIndexBatching } from './index-batching.ts';
import { reducerElements } from './reduce.ts';
import { verifyReducer } from './reducer.ts';

/** `scatter`: folds windows into computed places. Operands are inputs, indices, then as many updates. */
export const scatter: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.scatter',
    tier: 'A',
    attributes: {
      scatter_dimension_numbers: requiredRecord('scatter'),
      indices_are_sorted: optionalBoolean(),
      unique_indices: optionalBoolean(),
    },
    operands: { minimum: 3, maximum: Number.POSITIVE_INFINITY },
    results: some,
    regions: one,
    infer: inferScatter,
    verify: verifyScatter,
    regionRuns: context => [elementCount(operandTensor(context, context.operands.length - 1).shape)],
  },
];

function inferScatter(context: OperationContext): readonly Type[] {
  const elements = reducerElements(context);
  return Array.from({ length: (context.operands.length - 1) / 2 }, (_, index) => {
    const input = operandTensor(context, index);
    return tensorType(input.shape, elements[index] ?? input.element);
  });
}

function verifyScatter(context: OperationContext, report: Report): void {
  const { operands, operation } = context;
  const count = (operands.length - 1) / 2;
  if (!Number.isInteger(count) || (operation.results.length !== count && operation.results.length !== 0)) {
    report(
      'C5',
      `${operands.length} operands for ${operation.results.length} results: not inputs, indices and updates`,
    );
    return;
  }
  const tensors = operands.map((_, index) => operandTensor(context, index));
  const inputs = tensors.slice(0, count);
  const indices = tensors[count];
  const updates = tensors.slice(count + 1);
  verifySameShapes(inputs, 'C1', 'input', report);
  verifySameShapes(updates, 'C3', 'update', report);
  if (!/^u?i\d|^index$/.test(indices.element)) report('I2', `the indices hold ${indices.element}`);
  let broken = false;
  const tell: Report = (label, message) => {
    broken = true;
    report(label, message);
  };
  const dimensions = scatterDimensions(operation);
  verifyRoles(dimensions, inputs[0].shape, indices.shape, updates[0].shape, tell);
  if (!broken) verifyUpdateShape(dimensions, inputs[0].shape, indices.shape, updates[0].shape, report);
  verifyReducer(context, operation.regions[0], inputs, updates, 'C23', report);
}

type Shape = readonly number[];

function verifyRoles(dimensions: ScatterDimensions, input: Shape, indices: Shape, update: Shape, report: Report): void {
  const { updateWindow, insertedWindow, inputBatching, operandDims, indexVector } = dimensions;
  const rank = input.length;
  if (rank !== updateWindow.length + insertedWindow.length + inputBatching.length) {
    report('C2', `rank ${rank} is not the number of window, inserted and batching dimensions together`);
  }
  if (!isUnique(updateWindow) || !isSorted(updateWindow)) {
    report('C7', `update_window_dims ${formatNumbers(updateWindow)} do not rise`);
  }
  if (!inRange(updateWindow, update.length)) {
    report('C8', `update_window_dims ${formatNumbers(updateWindow)} are not in [0, ${update.length})`);
  }
  if (!isUnique([...insertedWindow, ...inputBatching])) {
    report('C9', 'inserted_window_dims and input_batching_dims repeat a dimension');
  }
  if (!isSorted(insertedWindow)) report('C10', `inserted_window_dims ${formatNumbers(insertedWindow)} do not rise`);
  if (!inRange(insertedWindow, rank)) {
    report('C11', `inserted_window_dims ${formatNumbers(insertedWindow)} are not in [0, ${rank})`);
  }
  if (!isSorted(inputBatching)) report('C12', `input_batching_dims ${formatNumbers(inputBatching)} do not rise`);
  if (!inRange(inputBatching, rank)) {
    report('C13', `input_batching_dims ${formatNumbers(inputBatching)} are not in [0, ${rank})`);
  }
  if (indexVector < 0 || indexVector > indices.length) {
    report('C22', `index_vector_dim ${indexVector} is not in [0, ${indices.length}]`);
    return;
  }
  const batching = { operandShape: input, indicesShape: indices, operandBatching: inputBatching, ...dimensions };
  verifyIndexBatching(batching, { unique: 'C14', range: 'C15', vector: 'C16', count: 'C17', sizes: 'C18' }, report);
  const vector = indexVector < indices.length ? indices[indexVector] : 1;
  if (operandDims.length !== vector) {
    report('C19', `scatter_dims_to_operand_dims has ${operandDims.length} entries, the index vector ${vector}`);
  }
  if (!isUnique([...operandDims, ...inputBatching])) {
    report('C20', 'scatter_dims_to_operand_dims and input_batching_dims repeat a dimension');
  }
  if (!inRange(operandDims, rank)) {
    report('C21', `scatter_dims_to_operand_dims ${formatNumbers(operandDims)} are not in [0, ${rank})`);
  }
}

/** The updates hold one window per index: window sizes at most the input's, the other sizes those of the indices. */
function verifyUpdateShape(
  { updateWindow, insertedWindow, inputBatching, indexVector }: ScatterDimensions,
  input: Shape,
  indices: Shape,
  update: Shape,
  report: Report,
): void {
  const batch = indices.filter((_, index) => index !== indexVector);
  const window = input.filter((_, index) => !insertedWindow.includes(index) && !inputBatching.includes(index));
  const found = update.filter((_, index) => !updateWindow.includes(index));
  if (update.length !== batch.length + updateWindow.length || !equalNumbers(found, batch)) {
    report('C4', `the updates have shape ${formatNumbers(update)}, the indices ${formatNumbers(indices)}`);
    return;
  }
  for (const [index, dimension] of updateWindow.entries()) {
    if (update[dimension] > window[index]) {
      report('C4', `window size ${update[dimension]} of the updates does not fit size ${window[index]} of the input`);
    }
  }
}

function verifySameShapes(types: readonly TensorType[], label: string, what: string, report: Report): void {
  for (const [index, type] of types.entries()) {
    if (!equalNumbers(type.shape, types[0].shape)) {
      report(label, `${what} ${index} is ${formatType(type)}, ${what} 0 ${formatType(types[0])}`);
    }
  }
}
