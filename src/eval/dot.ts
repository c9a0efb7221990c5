import type { ElementType } from '../ir/index.ts';
import { dotDimensions, elementCount, tensorType } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { resultType } from './call.ts';
import { addComplex, multiplyComplex } from './complex.ts';
import { take } from './movement.ts';
import { othersThan, permuted, stridedPositions, stridesOf } from './positions.ts';
import type { Tensor, TensorData } from './tensor.ts';
import { allocate, integerFormat, isBig, isComplex, settle } from './tensor.ts';

export const dot: Readonly<Record<string, TensorEvaluator>> = { 'stablehlo.dot_general': dotGeneral };

/** Both operands are brought to [batch, free, contracting]; then every result is one sum of products. */
function dotGeneral(call: TensorCall): readonly Tensor[] {
  const [lhs, rhs] = call.operands;
  const { lhsBatching, lhsContracting, rhsBatching, rhsContracting } = dotDimensions(call.operation);
  const lhsFree = othersThan(lhs.type.shape.length, lhsBatching, lhsContracting);
  const rhsFree = othersThan(rhs.type.shape.length, rhsBatching, rhsContracting);
  const batchShape = permuted(lhs.type.shape, lhsBatching);
  const lhsShape = permuted(lhs.type.shape, lhsFree);
  const rhsShape = permuted(rhs.type.shape, rhsFree);
  const { element } = resultType(call);
  const sizes = {
    batch: elementCount(batchShape),
    m: elementCount(lhsShape),
    n: elementCount(rhsShape),
    k: elementCount(permuted(lhs.type.shape, lhsContracting)),
  };
  const a = arranged(lhs, [...lhsBatching, ...lhsFree, ...lhsContracting]).data;
  const b = arranged(rhs, [...rhsBatching, ...rhsFree, ...rhsContracting]).data;
  const type = tensorType([...batchShape, ...lhsShape, ...rhsShape], element);
  return [settle(type, multiplyMatrices(a, b, element, sizes))];
}

interface MatrixSizes {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** a: [batch, m, k], b: [batch, n, k] to [batch, m, n]. Sums are kept in double precision until the end. */
export function multiplyMatrices(a: TensorData, b: TensorData, element: ElementType, sizes: MatrixSizes): TensorData {
  const { batch, m, n, k } = sizes;
  const out = allocate(element, batch * m * n);
  let position = 0;
  for (let i = 0; i < batch * m; i++) {
    const group = Math.floor(i / m);
    for (let j = 0; j < n; j++, position++) {
      const left = i * k;
      const right = (group * n + j) * k;
      if (isBig(out)) out[position] = bigSum(a, b, left, right, k);
      else if (isBig(a) || isBig(b)) out[position] = Number(BigInt.asIntN(32, bigSum(a, b, left, right, k)));
      else if (isComplex(element)) {
        let sum: readonly [number, number] = [0, 0];
        for (let x = 0; x < 2 * k; x += 2) {
          const y = 2 * left + x;
          const z = 2 * right + x;
          sum = addComplex(sum, multiplyComplex([a[y], a[y + 1]], [b[z], b[z + 1]]));
        }
        out[2 * position] = sum[0];
        out[2 * position + 1] = sum[1];
      } else if (integerFormat(element) !== undefined) {
        let sum = 0;
        for (let x = 0; x < k; x++) sum = (sum + Math.imul(a[left + x], b[right + x])) | 0;
        out[position] = sum;
      } else {
        let sum = 0;
        for (let x = 0; x < k; x++) sum += a[left + x] * b[right + x];
        out[position] = sum;
      }
    }
  }
  return out;
}

function bigSum(a: TensorData, b: TensorData, left: number, right: number, k: number): bigint {
  let sum = 0n;
  for (let x = 0; x < k; x++) sum += BigInt(a[left + x]) * BigInt(b[right + x]);
  return sum;
}

function arranged(value: Tensor, order: readonly number[]): Tensor {
  const shape = permuted(value.type.shape, order);
  const strides = permuted(stridesOf(value.type.shape), order);
  return take(value, shape, stridedPositions(shape, strides));
}
