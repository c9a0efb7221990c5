import type { Report } from './definition.ts';
import { formatNumbers, inRange, isUnique } from './definition.ts';

interface IndexBatching {
  readonly operandShape: readonly number[];
  readonly indicesShape: readonly number[];
  readonly operandBatching: readonly number[];
  readonly indicesBatching: readonly number[];
  readonly indexVector: number;
}

/** Labels of the constraints, which `gather` and `scatter` number differently. */
interface BatchingLabels {
  readonly unique: string;
  readonly range: string;
  readonly vector: string;
  readonly count: string;
  readonly sizes: string;
}

/** Checks the batching dimensions that the operand and the indices of a gather or scatter share. */
export function verifyIndexBatching(batching: IndexBatching, labels: BatchingLabels, report: Report): void {
  const { operandShape, indicesShape, operandBatching, indicesBatching, indexVector } = batching;
  const text = formatNumbers(indicesBatching);
  if (!isUnique(indicesBatching)) report(labels.unique, `batching dimensions ${text} of the indices repeat one`);
  if (!inRange(indicesBatching, indicesShape.length)) {
    report(labels.range, `batching dimensions ${text} of the indices are not in [0, ${indicesShape.length})`);
  }
  if (indicesBatching.includes(indexVector)) {
    report(labels.vector, `index_vector_dim ${indexVector} is a batching dimension of the indices too`);
  }
  if (operandBatching.length !== indicesBatching.length) {
    report(
      labels.count,
      `${operandBatching.length} batching dimensions of the operand, ${indicesBatching.length} of the indices`,
    );
    return;
  }
  for (const [index, dimension] of operandBatching.entries()) {
    const [left, right] = [operandShape[dimension], indicesShape[indicesBatching[index]]];
    if (left !== undefined && right !== undefined && left !== right) {
      report(labels.sizes, `batching dimension ${dimension} has size ${left}, that of the indices ${right}`);
    }
  }
}
