import type { WindowDimension } from '../ir/index.ts';
import { elementCount, poolingWindow } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { resultType, tensorsOf } from './call.ts';
import { fold } from './fold.ts';
import { elementAt, filled } from './movement.ts';
import { indicesOf, positionOf, stridesOf } from './positions.ts';
import type { Tensor } from './tensor.ts';
import { scalarValue } from './tensor.ts';

/** Pooling and the gradient of maximum pooling. */
export const reduceWindow: Readonly<Record<string, TensorEvaluator>> = {
  'stablehlo.reduce_window': reduceWindows,
  'stablehlo.select_and_scatter': selectAndScatter,
};

/** Padding and the holes of dilation count as initial values. */
function reduceWindows(call: TensorCall): readonly Tensor[] {
  const { operation, operands } = call;
  const half = operands.length / 2;
  const inputs = operands.slice(0, half);
  const initial = operands.slice(half);
  const { shape } = resultType(call);
  const input = inputs[0].type.shape;
  const window = poolingWindow(operation, input.length);
  const count = elementCount(shape) * elementCount(window.map(({ size }) => size));
  const steps = { from: new Int32Array(count), to: new Int32Array(count) };
  let i = 0;
  let to = 0;
  for (const place of indicesOf(shape)) {
    for (const from of windowPositions(place, window, input)) {
      steps.from[i] = from;
      steps.to[i++] = to;
    }
    to++;
  }
  const accumulators = initial.map(value => filled(value, shape));
  return fold(call, operation.regions[0], accumulators, inputs, steps, initial);
}

/** The positions of the elements under a window, in row-major order; -1 in padding and in the holes of dilation. */
function* windowPositions(
  place: readonly number[],
  window: readonly WindowDimension[],
  shape: readonly number[],
): Generator<number> {
  const strides = stridesOf(shape);
  for (const offset of indicesOf(window.map(({ size }) => size))) {
    let position = 0;
    for (const [i, { stride, windowDilation, paddingLow, baseDilation }] of window.entries()) {
      const at = (place[i] * stride + offset[i] * windowDilation - paddingLow) / baseDilation;
      if (!Number.isInteger(at) || at < 0 || at >= shape[i]) {
        position = -1;
        break;
      }
      position += at * strides[i];
    }
    yield position;
  }
}

/** Each element of the source goes to the element that the selection prefers under its window; padding is never it. */
function selectAndScatter(call: TensorCall): readonly Tensor[] {
  const { operation, operands } = call;
  const [operand, source, initial] = operands;
  const [select, combine] = operation.regions;
  const { shape } = operand.type;
  const window = poolingWindow(operation, shape.length);
  const from: number[] = [];
  const to: number[] = [];
  const sourceStrides = stridesOf(source.type.shape);
  for (const place of indicesOf(source.type.shape)) {
    let chosen = -1;
    for (const position of windowPositions(place, window, shape)) {
      if (position < 0) continue;
      if (chosen < 0 || !prefers(chosen, position)) chosen = position;
    }
    if (chosen < 0) continue;
    from.push(positionOf(place, sourceStrides));
    to.push(chosen);
  }
  const steps = { from: Int32Array.from(from), to: Int32Array.from(to) };
  return fold(call, combine, [filled(initial, shape)], [source], steps);

  function prefers(first: number, second: number): boolean {
    const [keeps] = tensorsOf(call.runRegion(select, [elementAt(operand, first), elementAt(operand, second)]));
    return scalarValue(keeps) !== 0;
  }
}
