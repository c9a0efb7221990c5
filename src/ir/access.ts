import type { Attribute } from './attributes.ts';
import { readDenseIntegers } from './ops/dense-integers.ts';
import type { Operation } from './program.ts';

/**
 * Typed reading of attributes. Each reader returns the attribute's default when it is absent, and throws an internal
 * error when it has another kind: the verifier reports such programs before anything else reads them.
 */

/** `dimensions = array<i64: 0, 2>` as numbers; a dense list of integers is read as well. Absent: `fallback`. */
export function integersAttribute(
  operation: Operation,
  name: string,
  fallback: readonly number[] = [],
): readonly number[] {
  return integersOf(operation.attributes[name], fallback, operation, name);
}

/** `dimension = 1 : i64` as a number. Absent: `fallback`. */
export function integerAttribute(operation: Operation, name: string, fallback = 0): number {
  return integerOf(operation.attributes[name], fallback, operation, name);
}

/** True for a constant of which every element is zero, as far as its text shows. */
export function isZeroConstant({ name, attributes }: Operation): boolean {
  const { value } = attributes;
  if (name !== 'stablehlo.constant' || value?.kind !== 'dense' || value.form !== 'splat') return false;
  const { source, start, end } = value;
  if (source[start] > digitZero && source[start] <= digitNine) return false;
  const text = new TextDecoder().decode(source.subarray(start, end)).trim();
  return /^-?0(\.0*)?(e[+-]?\d+)?$/i.test(text);
}

const [digitZero, digitNine] = [0x30, 0x39];

/** `indices_are_sorted = true`. Absent: false. */
export function booleanAttribute(operation: Operation, name: string): boolean {
  const attribute = operation.attributes[name];
  if (attribute === undefined) return false;
  if (attribute.kind === 'unit') return true;
  if (attribute.kind === 'boolean') return attribute.value;
  throw wrongKind(operation, name, attribute);
}

/** `comparison_direction = #stablehlo<comparison_direction EQ>` as `EQ`. Absent: `fallback`. */
export function enumerationAttribute(operation: Operation, name: string, fallback = ''): string {
  const attribute = operation.attributes[name];
  if (attribute === undefined) return fallback;
  if (attribute.kind === 'enumeration' || attribute.kind === 'string') return attribute.value;
  throw wrongKind(operation, name, attribute);
}

/** `callee = @relu` as `relu`. */
export function symbolAttribute(operation: Operation, name: string): string {
  const attribute = operation.attributes[name];
  if (attribute?.kind === 'symbol') return attribute.name;
  throw wrongKind(operation, name, attribute);
}

/** Dimension numbers of `dot_general`. The result's dimensions are batching, lhs free, rhs free, in order. */
export interface DotDimensions {
  readonly lhsBatching: readonly number[];
  readonly rhsBatching: readonly number[];
  readonly lhsContracting: readonly number[];
  readonly rhsContracting: readonly number[];
}

export function dotDimensions(operation: Operation): DotDimensions {
  const field = recordReader(operation, 'dot_dimension_numbers');
  return {
    lhsBatching: field.integers('lhs_batching_dimensions'),
    rhsBatching: field.integers('rhs_batching_dimensions'),
    lhsContracting: field.integers('lhs_contracting_dimensions'),
    rhsContracting: field.integers('rhs_contracting_dimensions'),
  };
}

/** Which dimension of input, kernel and output has which role in a convolution. */
export interface ConvolutionDimensions {
  readonly inputBatch: number;
  readonly inputFeature: number;
  readonly inputSpatial: readonly number[];
  readonly kernelInputFeature: number;
  readonly kernelOutputFeature: number;
  readonly kernelSpatial: readonly number[];
  readonly outputBatch: number;
  readonly outputFeature: number;
  readonly outputSpatial: readonly number[];
}

export function convolutionDimensions(operation: Operation): ConvolutionDimensions {
  const field = recordReader(operation, 'dimension_numbers');
  return {
    inputBatch: field.integer('input_batch_dimension'),
    inputFeature: field.integer('input_feature_dimension'),
    inputSpatial: field.integers('input_spatial_dimensions'),
    kernelInputFeature: field.integer('kernel_input_feature_dimension'),
    kernelOutputFeature: field.integer('kernel_output_feature_dimension'),
    kernelSpatial: field.integers('kernel_spatial_dimensions'),
    outputBatch: field.integer('output_batch_dimension'),
    outputFeature: field.integer('output_feature_dimension'),
    outputSpatial: field.integers('output_spatial_dimensions'),
  };
}

/** Dimension numbers of `gather`. */
export interface GatherDimensions {
  readonly offset: readonly number[];
  readonly collapsedSlice: readonly number[];
  readonly operandBatching: readonly number[];
  readonly indicesBatching: readonly number[];
  readonly startIndexMap: readonly number[];
  readonly indexVector: number;
}

export function gatherDimensions(operation: Operation): GatherDimensions {
  const field = recordReader(operation, 'dimension_numbers');
  return {
    offset: field.integers('offset_dims'),
    collapsedSlice: field.integers('collapsed_slice_dims'),
    operandBatching: field.integers('operand_batching_dims'),
    indicesBatching: field.integers('start_indices_batching_dims'),
    startIndexMap: field.integers('start_index_map'),
    indexVector: field.integer('index_vector_dim'),
  };
}

/** Dimension numbers of `scatter`. */
export interface ScatterDimensions {
  readonly updateWindow: readonly number[];
  readonly insertedWindow: readonly number[];
  readonly inputBatching: readonly number[];
  readonly indicesBatching: readonly number[];
  readonly operandDims: readonly number[];
  readonly indexVector: number;
}

export function scatterDimensions(operation: Operation): ScatterDimensions {
  const field = recordReader(operation, 'scatter_dimension_numbers');
  return {
    updateWindow: field.integers('update_window_dims'),
    insertedWindow: field.integers('inserted_window_dims'),
    inputBatching: field.integers('input_batching_dims'),
    indicesBatching: field.integers('scatter_indices_batching_dims'),
    operandDims: field.integers('scatter_dims_to_operand_dims'),
    indexVector: field.integer('index_vector_dim'),
  };
}

function recordReader(operation: Operation, name: string) {
  const attribute = operation.attributes[name];
  if (attribute?.kind !== 'record') throw wrongKind(operation, name, attribute);
  return {
    integers: (field: string) => integersOf(attribute.fields[field], [], operation, `${name}.${field}`),
    integer: (field: string) => integerOf(attribute.fields[field], 0, operation, `${name}.${field}`),
  };
}

function integersOf(
  attribute: Attribute | undefined,
  fallback: readonly number[],
  operation: Operation,
  name: string,
): readonly number[] {
  if (attribute === undefined) return fallback;
  if (attribute.kind === 'integers') return attribute.values;
  if (attribute.kind === 'array') return attribute.elements.map(element => integerOf(element, 0, operation, name));
  if (attribute.kind === 'dense') return readDenseIntegers(attribute);
  throw wrongKind(operation, name, attribute);
}

function integerOf(attribute: Attribute | undefined, fallback: number, operation: Operation, name: string): number {
  if (attribute === undefined) return fallback;
  if (attribute.kind === 'integer') return attribute.value;
  throw wrongKind(operation, name, attribute);
}

function wrongKind(operation: Operation, name: string, attribute: Attribute | undefined): Error {
  return new Error(`internal: ${operation.name}: attribute ${name} is ${attribute?.kind ?? 'missing'}`);
}
