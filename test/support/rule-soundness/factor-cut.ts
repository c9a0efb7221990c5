import type { Tensor, TensorData } from '../../../src/eval/index.ts';
import { zeros } from '../../../src/eval/index.ts';
import { elementCount, tensorType } from '../../../src/ir/index.ts';
import type { FactorRule } from '../../../src/sharding/index.ts';

/** Into how many pieces each factor of a rule is cut, by factor; 1 leaves it whole. */
export type Cut = readonly number[];

/** The piece of each factor that one device works on, by factor. */
export type Device = readonly number[];

/** The places along each dimension of a tensor that a device holds. */
export type Places = readonly (readonly number[])[];

/** All devices of a cut, the last factor fastest. */
export function devicesOf(cut: Cut): Device[] {
  let devices: Device[] = [[]];
  for (const pieces of cut) {
    devices = devices.flatMap(device => Array.from({ length: pieces }, (_, piece) => [...device, piece]));
  }
  return devices;
}

/**
 * The places that a device holds of a tensor whose dimensions consist of `dimensions[d]`, factors from major to minor:
 * those whose every digit, counted in factors, lies in the device's piece. Dimensions without factors are whole.
 */
export function placesOf(
  rule: FactorRule,
  dimensions: readonly (readonly number[])[],
  shape: readonly number[],
  cut: Cut,
  device: Device,
): Places {
  return dimensions.map((factors, dimension) => {
    if (factors.length === 0) return range(0, shape[dimension]);
    let places = [0];
    for (const factor of factors) {
      const { size } = rule.factors[factor];
      const length = size / cut[factor];
      const digits = range(device[factor] * length, (device[factor] + 1) * length);
      places = places.flatMap(major => digits.map(digit => major * size + digit));
    }
    return places;
  });
}

/** The whole numbers in [start, end). */
export function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}

/** The elements at the given places of each dimension; zero where a place lies outside of the tensor. */
export function takePlaces(source: Tensor, places: Places): Tensor {
  const shape = places.map(list => list.length);
  const result = zeros(tensorType(shape, source.type.element));
  const width = storedWidth(source);
  for (const [to, from] of positionsOf(source.type.shape, places).entries()) {
    if (from >= 0) copyElement(source.data, from * width, result.data, to * width, width);
  }
  return result;
}

/** Writes a piece to the given places of each dimension of `target`, which is changed. */
export function putPlaces(piece: Tensor, target: Tensor, places: Places): void {
  const width = storedWidth(target);
  for (const [from, to] of positionsOf(target.type.shape, places).entries()) {
    copyElement(piece.data, from * width, target.data, to * width, width);
  }
}

/** The storage positions of a grid of places in row-major order; -1 where one lies outside. */
function positionsOf(shape: readonly number[], places: Places): Int32Array {
  let positions = new Int32Array(1);
  for (const [dimension, list] of places.entries()) {
    const size = shape[dimension];
    const next = new Int32Array(positions.length * list.length);
    let at = 0;
    for (const major of positions) {
      for (const place of list) next[at++] = major < 0 || place < 0 || place >= size ? -1 : major * size + place;
    }
    positions = next;
  }
  return positions;
}

/** How many stored numbers one element takes: two for complex ones. */
export function storedWidth({ type, data }: Tensor): number {
  return data.length / Math.max(1, elementCount(type.shape));
}

function copyElement(source: TensorData, from: number, target: TensorData, to: number, width: number): void {
  for (let part = 0; part < width; part++) target[to + part] = source[from + part];
}

/** Sets one element of `target` to zero. */
export function clearElement(target: Tensor, position: number): void {
  const width = storedWidth(target);
  setAll(target.data, 0, position * width, (position + 1) * width);
}

/** Sets the stored numbers in [start, end). */
export function setAll(data: TensorData, value: number | bigint, start = 0, end = data.length): void {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) data.fill(BigInt(value), start, end);
  else data.fill(Number(value), start, end);
}
