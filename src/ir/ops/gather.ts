import type { GatherDimensions } from '../access.ts';
import { gatherDimensions, integersAttribute } from '../access.ts';
import type { TensorType, Type } from '../types.ts';
import { tensorType } from '../types.ts';
import { optionalBoolean, requiredIntegers, requiredRecord } from './attribute-forms.ts';
import type { OperationContext, OperationDefinition, Report } from './definition.ts';
import { formatNumbers, inRange, isSorted, isUnique, none, one, operandTensor, two } from './definition.ts';
import { verifyIndexBatching } from './index-batching.ts';

/** `gather`: reads windows at computed places. */
export const gather: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.gather',
    tier: 'A',
    attributes: {
      dimension_numbers: requiredRecord('gather'),
      slice_sizes: requiredIntegers,
      indices_are_sorted: optionalBoolean(),
    },
    operands: two,
    results: one,
    regions: none,
    infer: inferGather,
    verify: verifyGather,
  },
];

/** Batch dimensions come from the indices, without the index vector; the rest are the window's kept dimensions. */
function inferGather(context: OperationContext): readonly Type[] {
  const dimensions = gatherDimensions(context.operation);
  const operand = operandTensor(context, 0);
  return [tensorType(gatherShape(context, dimensions), operand.element)];
}

function gatherShape(context: OperationContext, dimensions: GatherDimensions): readonly number[] {
  const indices = operandTensor(context, 1).shape;
  const dropped = new Set([...dimensions.collapsedSlice, ...dimensions.operandBatching]);
  const window = integersAttribute(context.operation, 'slice_sizes').filter((_, index) => !dropped.has(index));
  const batch = indices.filter((_, index) => index !== dimensions.indexVector);
  const rank = window.length + batch.length;
  let nextWindow = 0;
  let nextBatch = 0;
  return Array.from({ length: rank }, (_, index) =>
    dimensions.offset.includes(index) ? window[nextWindow++] : batch[nextBatch++],
  );
}

function verifyGather(context: OperationContext, report: Report): void {
  const dimensions = gatherDimensions(context.operation);
  const operand = operandTensor(context, 0);
  const indices = operandTensor(context, 1);
  const { offset, collapsedSlice, operandBatching, startIndexMap, indexVector } = dimensions;
  if (!/^u?i([2-9]|\d\d)|^index$/.test(indices.element)) report('I2', `the indices hold ${indices.element}`);
  const rank = operand.shape.length;
  if (rank !== offset.length + collapsedSlice.length + operandBatching.length) {
    report('C1', `rank ${rank} is not the number of offset, collapsed and batching dimensions together`);
  }
  if (indexVector < 0 || indexVector > indices.shape.length) {
    report('C2', `index_vector_dim ${indexVector} is not in [0, ${indices.shape.length}]`);
    return;
  }
  const vector = indexVector < indices.shape.length ? indices.shape[indexVector] : 1;
  if (startIndexMap.length !== vector) {
    report('C3', `start_index_map has ${startIndexMap.length} entries, the index vector ${vector}`);
  }
  if (!isUnique(offset) || !isSorted(offset)) report('C4', `offset_dims ${formatNumbers(offset)} do not rise`);
  const resultRank = offset.length + indices.shape.length - (indexVector < indices.shape.length ? 1 : 0);
  if (!inRange(offset, resultRank)) report('C5', `offset_dims ${formatNumbers(offset)} are not in [0, ${resultRank})`);
  verifyOperandRoles(dimensions, rank, report);
  verifyIndexBatching(
    { operandShape: operand.shape, indicesShape: indices.shape, ...dimensions },
    { unique: 'C13', range: 'C14', vector: 'C15', count: 'C16', sizes: 'C17' },
    report,
  );
  verifySliceSizes(context, operand, dimensions, report);
}

function verifyOperandRoles(dimensions: GatherDimensions, rank: number, report: Report): void {
  const { collapsedSlice, operandBatching, startIndexMap } = dimensions;
  if (!isUnique([...collapsedSlice, ...operandBatching])) {
    report('C6', 'collapsed_slice_dims and operand_batching_dims repeat a dimension');
  }
  if (!isSorted(collapsedSlice)) report('C7', `collapsed_slice_dims ${formatNumbers(collapsedSlice)} do not rise`);
  if (!inRange(collapsedSlice, rank)) {
    report('C8', `collapsed_slice_dims ${formatNumbers(collapsedSlice)} are not in [0, ${rank})`);
  }
  if (!isSorted(operandBatching)) report('C10', `operand_batching_dims ${formatNumbers(operandBatching)} do not rise`);
  if (!inRange(operandBatching, rank)) {
    report('C11', `operand_batching_dims ${formatNumbers(operandBatching)} are not in [0, ${rank})`);
  }
  if (!isUnique([...startIndexMap, ...operandBatching])) {
    report('C18', 'start_index_map and operand_batching_dims repeat a dimension');
  }
  if (!inRange(startIndexMap, rank)) {
    report('C19', `start_index_map ${formatNumbers(startIndexMap)} is not in [0, ${rank})`);
  }
}

function verifySliceSizes(
  context: OperationContext,
  operand: TensorType,
  { collapsedSlice, operandBatching }: GatherDimensions,
  report: Report,
): void {
  const sizes = integersAttribute(context.operation, 'slice_sizes');
  if (sizes.length !== operand.shape.length) {
    report('C20', `${sizes.length} slice_sizes for rank ${operand.shape.length}`);
    return;
  }
  for (const [index, size] of sizes.entries()) {
    if (size < 0 || size > operand.shape[index]) {
      report('C21', `slice size ${size} does not fit dimension ${index} of size ${operand.shape[index]}`);
    }
    if (collapsedSlice.includes(index) && size > 1) report('C9', `slice size ${size} of collapsed dimension ${index}`);
    if (operandBatching.includes(index) && size > 1) report('C12', `slice size ${size} of batching dimension ${index}`);
  }
}
