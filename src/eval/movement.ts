import { tensorType } from '../ir/index.ts';
import type { Tensor } from './tensor.ts';
import { isBig, isComplex, zeros } from './tensor.ts';

/** A tensor of a shape with the elements of `source` at `positions`. */
export function take(source: Tensor, shape: readonly number[], positions: Int32Array): Tensor {
  const result = zeros(tensorType(shape, source.type.element));
  copyElements(source, result, positions.length, i => positions[i], identity);
  return result;
}

/** Writes the elements of `source`, in order, to `positions` of `target`, which is changed. */
export function put(source: Tensor, target: Tensor, positions: Int32Array): void {
  copyElements(source, target, positions.length, identity, i => positions[i]);
}

/** A tensor of a shape where every element is the scalar `value`. */
export function filled(value: Tensor, shape: readonly number[]): Tensor {
  const result = zeros(tensorType(shape, value.type.element));
  const width = isComplex(value.type.element) ? 2 : 1;
  copyElements(value, result, result.data.length / width, () => 0, identity);
  return result;
}

/** A copy that may be changed. */
export function copyOf(value: Tensor): Tensor {
  return { type: value.type, data: value.data.slice() };
}

/** One element as a scalar tensor. */
export function elementAt(value: Tensor, position: number): Tensor {
  const width = isComplex(value.type.element) ? 2 : 1;
  const data = value.data.slice(position * width, (position + 1) * width);
  return { type: tensorType([], value.type.element), data };
}

/** Writes a scalar tensor to one place of `target`, which is changed. */
export function setElement(target: Tensor, position: number, scalar: Tensor): void {
  copyElements(
    scalar,
    target,
    1,
    () => 0,
    () => position,
  );
}

const identity = (i: number): number => i;

function copyElements(
  source: Tensor,
  target: Tensor,
  count: number,
  from: (i: number) => number,
  to: (i: number) => number,
): void {
  const a = source.data;
  const b = target.data;
  if (isBig(a) && isBig(b)) for (let i = 0; i < count; i++) b[to(i)] = a[from(i)];
  else if (isBig(a) || isBig(b)) throw new Error('internal: elements of two types are mixed');
  else if (isComplex(source.type.element)) {
    for (let i = 0; i < count; i++) {
      b[2 * to(i)] = a[2 * from(i)];
      b[2 * to(i) + 1] = a[2 * from(i) + 1];
    }
  } else for (let i = 0; i < count; i++) b[to(i)] = a[from(i)];
}
