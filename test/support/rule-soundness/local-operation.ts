import { toBytes } from '../../../src/eval/index.ts';
import type { Attribute, Attributes, Operation, TensorType } from '../../../src/ir/index.ts';
import {
  attributeOf,
  convolutionDimensions,
  convolutionWindow,
  createFunctionBuilder,
  denseElements,
  gatherDimensions,
  integerAttribute,
  integersAttribute,
} from '../../../src/ir/index.ts';
import type { FactorRule } from '../../../src/sharding/index.ts';
import { type Cut, type Device, type Places, takePlaces } from './factor-cut.ts';

/** One operation of a program with its factor rule and the types around it. */
export interface RuledOperation {
  readonly operation: Operation;
  readonly rule: FactorRule;
  readonly operandTypes: readonly TensorType[];
  readonly resultTypes: readonly TensorType[];
}

/** What one device holds of all tensors of an operation. */
export interface Holding {
  readonly cut: Cut;
  readonly device: Device;
  readonly operands: readonly Places[];
  readonly results: readonly Places[];
}

/** The operation as one device runs it: attributes that tell sizes tell those of its pieces. */
export function localOperation(ruled: RuledOperation, holding: Holding): Operation {
  return { ...ruled.operation, attributes: { ...ruled.operation.attributes, ...localAttributes(ruled, holding) } };
}

/** Checks that a local operation is valid on operands and results of its pieces. Operations with regions are left out. */
export function verifyLocal(
  { name, attributes, regions }: Operation,
  operands: readonly TensorType[],
  results: readonly TensorType[],
): void {
  if (regions.length > 0) return;
  const builder = createFunctionBuilder('piece');
  const values = operands.map(type => builder.argument(type));
  builder.emit(name, values, attributes, { resultTypes: results });
}

function localAttributes(ruled: RuledOperation, holding: Holding): Attributes {
  const { operation } = ruled;
  switch (operation.name) {
    case 'stablehlo.constant':
    case 'chlo.constant':
      return { value: localConstant(operation, holding) };
    case 'stablehlo.slice':
      return { limit_indices: localLimits(operation, ruled.operandTypes[0], holding) };
    case 'stablehlo.dynamic_slice':
      return { slice_sizes: attributeOf.integers(holding.results[0].map(places => places.length)) };
    case 'stablehlo.gather':
      return { slice_sizes: localSliceSizes(operation, holding) };
    case 'stablehlo.convolution':
      return localConvolution(ruled, holding);
    default:
      return {};
  }
}

/** A slice keeps a dimension that is cut, so it ends where the piece ends. */
function localLimits(operation: Operation, operand: TensorType, { operands: [places] }: Holding): Attribute {
  const limits = integersAttribute(operation, 'limit_indices');
  const isCut = (dimension: number) => places[dimension].length < operand.shape[dimension];
  return attributeOf.integers(limits.map((limit, d) => (isCut(d) ? places[d].length : limit)));
}

/** Slices are as long as the piece of the result; collapsed and batching dimensions have slices of one element. */
function localSliceSizes(operation: Operation, { results: [places] }: Holding): Attribute {
  const { offset, collapsedSlice, operandBatching } = gatherDimensions(operation);
  let next = 0;
  const sizes = integersAttribute(operation, 'slice_sizes').map((size, dimension) =>
    collapsedSlice.includes(dimension) || operandBatching.includes(dimension) ? size : places[offset[next++]].length,
  );
  return attributeOf.integers(sizes);
}

/** A splat is a splat of the piece; other constants keep the elements of the piece. */
function localConstant(operation: Operation, { results: [places] }: Holding): Attribute {
  const { value } = operation.attributes;
  if (value?.kind !== 'dense') throw new Error(`internal: ${operation.name} without a dense value`);
  const type: TensorType = { ...value.type, shape: places.map(list => list.length) };
  if (value.form === 'splat') return { ...value, type };
  const piece = takePlaces({ type: value.type, data: denseElements(value) }, places);
  return attributeOf.dense(type, `"0x${Buffer.from(toBytes(piece)).toString('hex')}"`);
}

/**
 * The window starts `before` elements earlier on the widened piece than on the whole, and ends where the piece's last
 * place needs it. Groups that are cut are fewer.
 */
function localConvolution(ruled: RuledOperation, holding: Holding): Attributes {
  const { operation, rule, operandTypes } = ruled;
  const { inputSpatial, kernelSpatial, outputSpatial } = convolutionDimensions(operation);
  const [input, kernel] = holding.operands;
  const rows = convolutionWindow(operation, operandTypes[1].shape).map((window, index) => {
    const factors = rule.operands[0][inputSpatial[index]];
    const isCut = factors.some(factor => holding.cut[factor] > 1);
    if (!isCut) return [window.paddingLow, window.paddingHigh];
    const before = factors.reduce((sum, factor) => sum + (rule.factors[factor].halo?.before ?? 0), 0);
    const low = window.paddingLow - before * window.baseDilation;
    const reach = (kernel[kernelSpatial[index]].length - 1) * window.windowDilation + 1;
    const spread = (input[inputSpatial[index]].length - 1) * window.baseDilation + 1;
    const places = holding.results[0][outputSpatial[index]].length;
    return [low, (places - 1) * window.stride + reach - spread - low];
  });
  const padding = rows.length === 0 ? {} : { padding: attributeOf.denseRows(rows) };
  return { ...padding, ...localGroups(ruled, holding) };
}

/** The major factor of the kernel's output features counts the groups, where there are several. */
function localGroups({ operation, rule }: RuledOperation, { cut }: Holding): Attributes {
  const [groups] = rule.operands[1][convolutionDimensions(operation).kernelOutputFeature];
  const names = ['feature_group_count', 'batch_group_count'];
  const counts = names.map(name => [name, integerAttribute(operation, name, 1)] as const);
  return Object.fromEntries(
    counts.map(([name, count]) => [name, attributeOf.integer(count === 1 ? 1 : count / cut[groups])]),
  );
}
