import type { Tensor } from '../../../src/eval/index.ts';
import { tensor } from '../../../src/eval/index.ts';
import { gatherDimensions, scatterDimensions } from '../../../src/ir/index.ts';
import { clearElement } from './factor-cut.ts';
import type { Holding, RuledOperation } from './local-operation.ts';

/** A dimension of the indexed tensor that is cut, as one device sees it. */
interface IndexedPiece {
  /** Which number of an index vector points along the dimension; -1 when none does: then the index is 0. */
  readonly component: number;
  /** Size of the whole dimension. */
  readonly size: number;
  /** Half-open range of the piece. */
  readonly start: number;
  readonly end: number;
}

function indexedPieces({ operation, rule, operandTypes }: RuledOperation, { cut, operands }: Holding): IndexedPiece[] {
  const isScatter = operation.name === 'stablehlo.scatter';
  const map = isScatter ? scatterDimensions(operation).operandDims : gatherDimensions(operation).startIndexMap;
  return rule.operands[0].flatMap((factors, dimension) => {
    if (!factors.some(factor => cut[factor] > 1 && rule.factors[factor].indexedBy !== undefined)) return [];
    const places = operands[0][dimension];
    const [start] = places;
    const size = operandTypes[0].shape[dimension];
    return [{ component: map.indexOf(dimension), size, start, end: start + places.length }];
  });
}

/** The operands of a gather or scatter with indices that count from where the device's piece starts. */
export function shiftIndices(ruled: RuledOperation, holding: Holding, operands: readonly Tensor[]): readonly Tensor[] {
  const { name } = ruled.operation;
  if (name !== 'stablehlo.gather' && name !== 'stablehlo.scatter') return operands;
  const which = name === 'stablehlo.gather' ? 1 : ruled.resultTypes.length;
  const isGather = name === 'stablehlo.gather';
  return operands.with(
    which,
    indexedPieces(ruled, holding).reduce((indices, piece) => shifted(ruled, indices, piece, isGather), operands[which]),
  );
}

/** Gathers move slices inside of the whole tensor first; scatters drop what lies outside, so they need only the shift. */
function shifted(ruled: RuledOperation, indices: Tensor, piece: IndexedPiece, clamps: boolean): Tensor {
  const { element, shape } = indices.type;
  const values = Array.from(indices.data, Number);
  for (const [at, value] of values.entries()) {
    if (componentAt(ruled, shape, at) !== piece.component) continue;
    values[at] = (clamps ? clamped(value, piece.size) : value) - piece.start;
  }
  return tensor(element, shape, values);
}

function clamped(index: number, size: number): number {
  return Math.max(0, Math.min(index, size - 1));
}

/** Which number of an index vector is stored at a position of the indices. */
function componentAt({ operation }: RuledOperation, shape: readonly number[], position: number): number {
  const vector = vectorDimension(operation);
  if (vector >= shape.length) return 0;
  const stride = shape.slice(vector + 1).reduce((product, size) => product * size, 1);
  return Math.floor(position / stride) % shape[vector];
}

function vectorDimension(operation: RuledOperation['operation']): number {
  const isScatter = operation.name === 'stablehlo.scatter';
  return isScatter ? scatterDimensions(operation).indexVector : gatherDimensions(operation).indexVector;
}

/** True for a scatter that writes to place 0 of a dimension that no index points along, on a device without place 0. */
export function missesUpdates(ruled: RuledOperation, holding: Holding): boolean {
  if (ruled.operation.name !== 'stablehlo.scatter') return false;
  return indexedPieces(ruled, holding).some(piece => piece.component < 0 && piece.start > 0);
}

/** Sets what a gather looked up outside of the device's piece to zero. `indices` are those before shifting. */
export function clearMissedSlices(ruled: RuledOperation, holding: Holding, indices: Tensor, result: Tensor): Tensor {
  const pieces = indexedPieces(ruled, holding);
  const { offset } = gatherDimensions(ruled.operation);
  const vector = vectorDimension(ruled.operation);
  const { shape } = indices.type;
  for (const [position, index] of indicesOf(result.type.shape).entries()) {
    const batch = index.filter((_, dimension) => !offset.includes(dimension));
    const misses = pieces.some(({ component, size, start, end }) => {
      const at = vector < shape.length ? batch.toSpliced(vector, 0, Math.max(0, component)) : batch;
      const place = at.reduce((sum, i, dimension) => sum * shape[dimension] + i, 0);
      const target = component < 0 ? 0 : clamped(Number(indices.data[place]), size);
      return target < start || target >= end;
    });
    if (misses) clearElement(result, position);
  }
  return result;
}

/** All places of a shape in row-major order. */
function indicesOf(shape: readonly number[]): number[][] {
  let indices: number[][] = [[]];
  for (const size of shape) {
    indices = indices.flatMap(index => Array.from({ length: size }, (_, i) => [...index, i]));
  }
  return indices;
}
