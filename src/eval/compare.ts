import { enumerationAttribute, tensorType } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { applyBinary, binaryKernels } from './elementwise-binary.ts';
import { floatBits } from './float-bits.ts';
import { filled } from './movement.ts';
import type { Tensor } from './tensor.ts';
import { isBig, isComplex } from './tensor.ts';

/** Operations that choose: `compare`, `select` and `clamp`. */
export const compare: Readonly<Record<string, TensorEvaluator>> = {
  'stablehlo.compare': compareTensors,
  'stablehlo.select': selectElements,
  'stablehlo.clamp': ({ operands: [minimum, operand, maximum] }) => {
    const low = applyBinary(binaryKernels['stablehlo.maximum'], operand, widened(minimum, operand));
    return [applyBinary(binaryKernels['stablehlo.minimum'], low, widened(maximum, operand))];
  },
};

type Ordered = number | bigint;

const directions: Readonly<Record<string, (x: Ordered, y: Ordered) => boolean>> = {
  EQ: (x, y) => x === y,
  NE: (x, y) => x !== y,
  GE: (x, y) => x >= y,
  GT: (x, y) => x > y,
  LE: (x, y) => x <= y,
  LT: (x, y) => x < y,
};

function compareTensors({ operation, operands: [lhs, rhs] }: TensorCall): readonly Tensor[] {
  const direction = enumerationAttribute(operation, 'comparison_direction');
  const holds = directions[direction];
  if (holds === undefined) throw new Error(`internal: comparison direction ${direction}`);
  const type = tensorType(lhs.type.shape, 'i1');
  if (isComplex(lhs.type.element)) return [{ type, data: compareComplex(lhs, rhs, direction) }];
  const total = enumerationAttribute(operation, 'compare_type', 'NOTYPE') === 'TOTALORDER';
  const a = total ? totalOrder(lhs) : lhs.data;
  const b = total ? totalOrder(rhs) : rhs.data;
  const data = new Uint8Array(a.length);
  for (let i = 0; i < data.length; i++) data[i] = holds(a[i], b[i]) ? 1 : 0;
  return [{ type, data }];
}

/** Equality of both parts; the order of complex numbers is by real part, then by imaginary part. */
function compareComplex(lhs: Tensor, rhs: Tensor, direction: string): Uint8Array {
  const data = new Uint8Array(lhs.data.length / 2);
  const holds = directions[direction];
  for (let i = 0; i < data.length; i++) {
    const same = lhs.data[2 * i] === rhs.data[2 * i];
    if (direction === 'EQ') data[i] = same && lhs.data[2 * i + 1] === rhs.data[2 * i + 1] ? 1 : 0;
    else if (direction === 'NE') data[i] = same && lhs.data[2 * i + 1] === rhs.data[2 * i + 1] ? 0 : 1;
    else data[i] = holds(lhs.data[2 * i + (same ? 1 : 0)], rhs.data[2 * i + (same ? 1 : 0)]) ? 1 : 0;
  }
  return data;
}

/** Keys that are ordered as IEEE 754's totalOrder: -NaN, -Inf, ..., -0, +0, ..., +Inf, +NaN. */
export function totalOrder({ type, data }: Tensor): bigint[] {
  const bits = type.element === 'f64' ? 64 : 32;
  const top = 1n << BigInt(bits - 1);
  const keys: bigint[] = [];
  for (let i = 0; i < data.length; i++) {
    const pattern = floatBits(Number(data[i]), bits);
    keys.push(pattern >= top ? top - 1n - pattern : pattern);
  }
  return keys;
}

function selectElements({ operands: [predicate, onTrue, onFalse] }: TensorCall): readonly Tensor[] {
  const { type } = onTrue;
  const width = isComplex(type.element) ? 2 : 1;
  const whole = predicate.type.shape.length === 0;
  const data = onFalse.data.slice();
  for (let i = 0; i < data.length; i++) {
    if (predicate.data[whole ? 0 : Math.floor(i / width)] !== 1) continue;
    if (isBig(data) && isBig(onTrue.data)) data[i] = onTrue.data[i];
    else if (!isBig(data) && !isBig(onTrue.data)) data[i] = onTrue.data[i];
  }
  return [{ type, data }];
}

/** A scalar bound as a tensor of the operand's shape. */
function widened(bound: Tensor, operand: Tensor): Tensor {
  const { shape } = operand.type;
  if (bound.type.shape.length === shape.length) return bound;
  return filled(bound, shape);
}
