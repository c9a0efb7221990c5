import type { Operation } from '../ir/index.ts';
import {
  convolutionDimensions,
  convolutionWindow,
  elementCount,
  integerAttribute,
  integersAttribute,
} from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { resultType } from './call.ts';
import { indicesOf, permuted, positionOf, stridesOf } from './positions.ts';
import type { Tensor } from './tensor.ts';
import { integerFormat, isBig, isComplex, settle, zeros } from './tensor.ts';

export const convolution: Readonly<Record<string, TensorEvaluator>> = { 'stablehlo.convolution': convolve };

/** Every result is a sum of products; which ones, `visitProducts` tells. Sums of floats are kept in double precision. */
function convolve(call: TensorCall): readonly Tensor[] {
  const [lhs, rhs] = call.operands;
  const result = zeros(resultType(call));
  const { element } = result.type;
  const a = lhs.data;
  const b = rhs.data;
  const out = result.data;
  if (isBig(a) || isBig(b) || isBig(out)) {
    const sums = new BigInt64Array(out.length);
    visitProducts(call, result, (to, x, y) => {
      sums[to] += BigInt(a[x]) * BigInt(b[y]);
    });
    for (let i = 0; i < out.length; i++) out[i] = isBig(out) ? sums[i] : Number(BigInt.asIntN(32, sums[i]));
  } else if (isComplex(element)) {
    const sums = new Float64Array(out.length);
    visitProducts(call, result, (to, x, y) => {
      sums[2 * to] += a[2 * x] * b[2 * y] - a[2 * x + 1] * b[2 * y + 1];
      sums[2 * to + 1] += a[2 * x] * b[2 * y + 1] + a[2 * x + 1] * b[2 * y];
    });
    out.set(sums);
  } else if (integerFormat(element) !== undefined) {
    visitProducts(call, result, (to, x, y) => {
      out[to] += Math.imul(a[x], b[y]);
    });
  } else {
    const sums = new Float64Array(out.length);
    visitProducts(call, result, (to, x, y) => {
      sums[to] += a[x] * b[y];
    });
    out.set(sums);
  }
  return [settle(result.type, out)];
}

/** Calls `visit` with the positions in result, input and kernel of every product that the convolution sums up. */
function visitProducts(
  call: TensorCall,
  result: Tensor,
  visit: (to: number, inputAt: number, kernelAt: number) => void,
): void {
  const { operation, operands } = call;
  const [input, kernel] = operands.map(operand => operand.type.shape);
  const dimensions = convolutionDimensions(operation);
  const { inputBatch, inputFeature, kernelInputFeature, kernelOutputFeature, outputBatch, outputFeature } = dimensions;
  const inputStrides = stridesOf(input);
  const kernelStrides = stridesOf(kernel);
  const outputStrides = stridesOf(result.type.shape);
  const channels = kernel[kernelInputFeature];
  const featuresPerGroup = kernel[kernelOutputFeature] / integerAttribute(operation, 'feature_group_count', 1);
  const batches = input[inputBatch] / integerAttribute(operation, 'batch_group_count', 1);
  const featuresPerBatchGroup = kernel[kernelOutputFeature] / integerAttribute(operation, 'batch_group_count', 1);
  for (const tap of taps(operation, input, kernel, result.type.shape)) {
    for (let feature = 0; feature < kernel[kernelOutputFeature]; feature++) {
      const firstChannel = Math.floor(feature / featuresPerGroup) * channels;
      const firstBatch = Math.floor(feature / featuresPerBatchGroup) * batches;
      for (let batch = 0; batch < batches; batch++) {
        const to = tap.outputAt + batch * outputStrides[outputBatch] + feature * outputStrides[outputFeature];
        const from = tap.inputAt + (firstBatch + batch) * inputStrides[inputBatch];
        const weight = tap.kernelAt + feature * kernelStrides[kernelOutputFeature];
        for (let channel = 0; channel < channels; channel++) {
          const inputAt = from + (firstChannel + channel) * inputStrides[inputFeature];
          visit(to, inputAt, weight + channel * kernelStrides[kernelInputFeature]);
        }
      }
    }
  }
}

/** Where a kernel element meets an input element for one output element, as positions along spatial dimensions. */
interface Tap {
  readonly outputAt: number;
  readonly inputAt: number;
  readonly kernelAt: number;
}

/** All meetings of kernel and input that are not in the padding or in the holes of dilation. */
function* taps(
  operation: Operation,
  input: readonly number[],
  kernel: readonly number[],
  output: readonly number[],
): Generator<Tap> {
  const { inputSpatial, kernelSpatial, outputSpatial } = convolutionDimensions(operation);
  const window = convolutionWindow(operation, kernel);
  const reversal = integersAttribute(operation, 'window_reversal');
  const outputStrides = permuted(stridesOf(output), outputSpatial);
  const inputStrides = permuted(stridesOf(input), inputSpatial);
  const kernelStrides = permuted(stridesOf(kernel), kernelSpatial);
  const kernelSizes = permuted(kernel, kernelSpatial);
  if (elementCount(output) === 0) return;
  for (const place of indicesOf(permuted(output, outputSpatial))) {
    for (const offset of indicesOf(kernelSizes)) {
      const at = window.map(({ stride, windowDilation, paddingLow, baseDilation }, i) => {
        return (place[i] * stride + offset[i] * windowDilation - paddingLow) / baseDilation;
      });
      if (!at.every((x, i) => Number.isInteger(x) && x >= 0 && x < input[inputSpatial[i]])) continue;
      const element = offset.map((k, i) => (reversal[i] === 1 ? kernelSizes[i] - 1 - k : k));
      yield {
        outputAt: positionOf(place, outputStrides),
        inputAt: positionOf(at, inputStrides),
        kernelAt: positionOf(element, kernelStrides),
      };
    }
  }
}
