import { elementCount } from '../ir/index.ts';

/** A place in a tensor: one coordinate for each dimension. */
export type Index = readonly number[];

/** Row-major strides: how far apart in storage neighbours along each dimension are. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let dimension = shape.length - 1; dimension >= 0; dimension--) {
    strides[dimension] = stride;
    stride *= shape[dimension];
  }
  return strides;
}

/**
 * The storage position of every element of a strided view, in row-major order of `shape`: start + sum of index times
 * stride. Transposing, broadcasting, slicing and reversing are all such views.
 */
export function stridedPositions(shape: readonly number[], strides: readonly number[], start = 0): Int32Array {
  let positions = new Int32Array([start]);
  for (let dimension = 0; dimension < shape.length; dimension++) {
    const size = shape[dimension];
    const next = new Int32Array(positions.length * size);
    for (let i = 0; i < positions.length; i++) {
      for (let k = 0; k < size; k++) next[i * size + k] = positions[i] + k * strides[dimension];
    }
    positions = next;
  }
  return positions;
}

/** The places of a shape in row-major order. The same array is filled anew for each: copy it to keep it. */
export function* indicesOf(shape: readonly number[]): Generator<number[]> {
  const index = new Array<number>(shape.length).fill(0);
  const count = elementCount(shape);
  for (let i = 0; i < count; i++) {
    yield index;
    for (let dimension = shape.length - 1; dimension >= 0; dimension--) {
      if (++index[dimension] < shape[dimension]) break;
      index[dimension] = 0;
    }
  }
}

/** The storage position of a place. */
export function positionOf(index: Index, strides: readonly number[]): number {
  let position = 0;
  for (let dimension = 0; dimension < index.length; dimension++) position += index[dimension] * strides[dimension];
  return position;
}

/** The numbers in [0, count) that are not in `excluded`, rising. */
export function othersThan(count: number, ...excluded: readonly (readonly number[])[]): number[] {
  const result: number[] = [];
  for (let i = 0; i < count; i++) if (!excluded.some(list => list.includes(i))) result.push(i);
  return result;
}

/** `values[i]` for each i of `order`. */
export function permuted(values: readonly number[], order: readonly number[]): number[] {
  return order.map(i => values[i]);
}
