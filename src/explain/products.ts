import { countOperation, type Operation } from '../ir/index.ts';
import { axisNames, type DimensionClass, touchedFactors } from '../sharding/index.ts';
import type { PlanSubject } from './subject.ts';

/** Matrix products and convolutions that are cut alike. */
export interface ProductGroup {
  /** `batch {dp}, columns {tp}`; `whole` where every device does all. */
  readonly cut: string;
  readonly count: number;
  /** Of all products that were asked about, from 0 to 1. */
  readonly flopsShare: number;
}

const productNames: ReadonlySet<string> = new Set(['stablehlo.dot_general', 'stablehlo.convolution']);

/**
 * Groups the products among operations, by number, by how they are cut; most FLOPs first. `batch` and
 * `sequence` are those of the data, `rows` any other dimension of it; `columns` are those of the weight, or of the right
 * operand; `inner` is summed over, `experts` and
 * `heads` are other dimensions that both operands have, those of weights or of none.
 */
export function groupProducts(subject: PlanSubject, numbers: readonly number[]): ProductGroup[] {
  const groups = new Map<string, { count: number; flops: number }>();
  let all = 0;
  for (const number of numbers) {
    const operation = subject.operations[number];
    if (!productNames.has(operation.name)) continue;
    const flops = countOperation(subject.func, operation).flops * subject.trips[number];
    all += flops;
    const cut = cutOf(subject, operation);
    const known = groups.get(cut) ?? { count: 0, flops: 0 };
    groups.set(cut, { count: known.count + 1, flops: known.flops + flops });
  }
  return [...groups]
    .map(([cut, { count, flops }]) => ({ cut, count, flopsShare: flops / Math.max(1, all) }))
    .sort((a, b) => b.flopsShare - a.flopsShare);
}

function cutOf(subject: PlanSubject, operation: Operation): string {
  const { placed, facts, flow, roles, batch, sequence } = subject;
  const plan = placed.plans.get(operation);
  if (plan === undefined) return 'whole';
  const rule = facts.rule(operation);
  const has = (tensor: readonly (readonly number[])[] | undefined, factor: number): boolean =>
    tensor?.some(factors => factors.includes(factor)) === true;
  const isWeight = operation.operands.map(value => roles[flow.origin(value)] === 'parameter');
  const weight = isWeight[0] && !isWeight[1] ? 0 : 1;
  const isOfWeight = isWeight[weight] || flow.updated(operation.results[0]).some(index => roles[index] === 'parameter');
  const shared = isOfWeight ? 'experts' : 'heads';
  const along = (marks: DimensionClass): Set<number> =>
    new Set(touchedFactors(rule, operation, marks).map(({ factor }) => factor));
  const [batchFactors, sequenceFactors] = [along(batch), along(sequence)];
  const atomsBy = new Map<string, number[]>();
  for (const [factor, atoms] of plan.strategy.entries()) {
    if (atoms.length === 0) continue;
    const inData = has(rule.operands[1 - weight], factor);
    const inWeight = has(rule.operands[weight], factor);
    const ofData = batchFactors.has(factor) ? 'batch' : sequenceFactors.has(factor) ? 'sequence' : undefined;
    const word = !has(rule.results[0], factor)
      ? 'inner'
      : (ofData ?? (!inData ? 'columns' : inWeight ? shared : 'rows'));
    atomsBy.set(word, [...(atomsBy.get(word) ?? []), ...atoms]);
  }
  const words = ['batch', 'sequence', 'rows', 'experts', 'heads', 'columns', 'inner'].flatMap(word => {
    const atoms = atomsBy.get(word);
    return atoms === undefined ? [] : [`${word} {${axisNames(placed.grid, atoms).join(',')}}`];
  });
  return words.length === 0 ? 'whole' : words.join(', ');
}
