import type { Tensor } from '../../eval/index.ts';
import type { OutputNorms } from '../saved-outputs.ts';

/** Compares two tensors of one type in float64. Elements not finite on either side are counted and left out. */
export function compareTensors(reference: Tensor, candidate: Tensor): OutputNorms {
  let differenceSquares = 0;
  let referenceSquares = 0;
  let maxAbsoluteDifference = 0;
  let referenceNonFinite = 0;
  let nonFinite = 0;
  for (let position = 0; position < reference.data.length; position++) {
    const r = Number(reference.data[position]);
    const y = Number(candidate.data[position]);
    if (!Number.isFinite(r)) referenceNonFinite++;
    if (!Number.isFinite(y)) nonFinite++;
    if (!Number.isFinite(r) || !Number.isFinite(y)) continue;
    const difference = Math.abs(y - r);
    differenceSquares += difference * difference;
    referenceSquares += r * r;
    maxAbsoluteDifference = Math.max(maxAbsoluteDifference, difference);
  }
  return {
    differenceNorm: Math.sqrt(differenceSquares),
    referenceNorm: Math.sqrt(referenceSquares),
    maxAbsoluteDifference,
    referenceNonFinite,
    nonFinite,
  };
}
