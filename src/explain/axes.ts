import { groupAlongAxes, groupLevels } from '../cost/index.ts';
import { typeBytes } from '../ir/index.ts';
import type { DimensionClass, Sharding } from '../sharding/index.ts';
import type { PlanSubject } from './subject.ts';
import { type WeightDimension, weightUse } from './weights.ts';

/** What a mesh axis is there for. */
export interface AxisExplanation {
  readonly name: string;
  readonly size: number;
  /** The link levels over which it reaches, innermost first: `nvlink`. */
  readonly links: readonly string[];
  /** What it cuts, in words: `the batch`, `columns of 67 % of the weights`. Empty where it cuts nothing. */
  readonly cuts: readonly string[];
}

/** Says of each mesh axis where it lies and what it cuts. */
export function explainAxes(subject: PlanSubject): AxisExplanation[] {
  const { mesh, cluster } = subject;
  const weights = weightsOf(subject);
  return mesh.axes.map(({ name, size }) => {
    const links = groupLevels(cluster, groupAlongAxes(mesh, [name])).map(level => level.name);
    return { name, size, links, cuts: cutsOf(subject, name, weights) };
  });
}

/** A weight that some product or look-up reads. */
interface Weight {
  readonly argument: number;
  readonly bytes: number;
  readonly dimensions: readonly WeightDimension[];
  /** The axes of each dimension as it is read. */
  readonly axesAsRead: readonly (readonly string[])[];
}

function weightsOf(subject: PlanSubject): Weight[] {
  const { func, roles, placed } = subject;
  return func.arguments.flatMap(({ value }, argument) => {
    const use = roles[argument] === 'parameter' ? weightUse(subject, argument) : undefined;
    if (use === undefined) return [];
    const layout = placed.plans.get(use.reader)?.operands[use.operand];
    const axesAsRead = use.dimensions.map((_, dimension) =>
      (layout?.dimensions[dimension] ?? []).map(atom => placed.grid.atoms[atom].axis),
    );
    return [{ argument, bytes: typeBytes(func.valueTypes[value]), dimensions: use.dimensions, axesAsRead }];
  });
}

function cutsOf(subject: PlanSubject, axis: string, weights: readonly Weight[]): string[] {
  const { placed } = subject;
  const keeps = (argument: number): boolean => cutsTensor(placed.arguments[argument], axis);
  const words = [
    ...dataCut(subject, subject.batch, 'the batch', axis),
    ...dataCut(subject, subject.sequence, 'the sequence', axis),
    ...inputCuts(subject, axis),
    ...weightCuts(weights, axis),
  ];
  const kept = weights.filter(({ argument, axesAsRead }) => keeps(argument) && !axesAsRead.flat().includes(axis));
  const keptShare = shareOf(kept, weights);
  if (keptShare >= leastShare) words.push(`${percent(keptShare)} of the weights where they are kept`);
  const beyond = stateBeyondWeights(subject, keeps);
  if (beyond >= leastShare) words.push(`${percent(beyond)} of the optimizer state, not its weights`);
  if (words.length === 0 && cutsValues(subject, axis)) words.push('some tensors');
  return words;
}

/** Shares below this are not told. */
const leastShare = 0.005;
/** An axis that cuts the data in this share of its bytes cuts it for good. */
const mostly = 0.9;
/** Below this share it is not told. */
const fairly = 0.2;

/** Says how much of the values that have a dimension of the data are cut along it, where that is more than a little. */
function dataCut({ func, placed }: PlanSubject, marks: DimensionClass, name: string, axis: string): string[] {
  let [all, cut] = [0, 0];
  for (const [value, spans] of marks) {
    const sharding = placed.shardings[value];
    if (sharding === undefined || placed.cheap.has(value)) continue;
    const bytes = typeBytes(func.valueTypes[value]);
    all += bytes;
    if (spans.some((list, dimension) => list.length > 0 && cutsDimension(sharding, dimension, axis))) cut += bytes;
  }
  const share = all === 0 ? 0 : cut / all;
  if (share >= mostly) return [name];
  return share >= fairly ? [`${name} in ${percent(share)} of the values that have it`] : [];
}

/** Other dimensions of what goes in, by the name of the first that is cut so. */
function inputCuts({ func, roles, placed, batch, sequence, names }: PlanSubject, axis: string): string[] {
  for (const [argument, { value }] of func.arguments.entries()) {
    if (roles[argument] !== 'input') continue;
    const isKnown = (dimension: number): boolean =>
      [batch, sequence].some(marks => (marks.get(value)?.[dimension] ?? []).length > 0);
    const sharding = placed.arguments[argument];
    const cut = sharding.dimensions.findIndex((_, d) => cutsDimension(sharding, d, axis) && !isKnown(d));
    if (cut >= 0) return [`dimension ${cut} of ${names.argument(argument)}`];
  }
  return [];
}

function weightCuts(weights: readonly Weight[], axis: string): string[] {
  const cutAs = (kind: WeightDimension): number =>
    shareOf(
      weights.filter(({ dimensions, axesAsRead }) =>
        dimensions.some((own, dimension) => own === kind && axesAsRead[dimension].includes(axis)),
      ),
      weights,
    );
  const named = (
    [
      ['vocabulary', 'the vocabulary'],
      ['experts', 'the experts'],
    ] as const
  ).flatMap(([kind, name]) => (cutAs(kind) > 0 ? [name] : []));
  const parts = (['columns', 'rows', 'kernel'] as const).flatMap(kind => {
    const found = cutAs(kind);
    return found < leastShare ? [] : [`${kind} of ${percent(found)}`];
  });
  return [...named, ...(parts.length === 0 ? [] : [`${parts.join(' and ')} of the weights`])];
}

/** Share of the optimizer state that is cut though the weights it belongs to are not. */
function stateBeyondWeights({ func, roles, ownerOf }: PlanSubject, keeps: (argument: number) => boolean): number {
  const states = func.arguments.flatMap(({ value }, argument) =>
    roles[argument] === 'optimizer state' ? [{ argument, bytes: typeBytes(func.valueTypes[value]) }] : [],
  );
  const beyond = states.filter(
    ({ argument }) => ownerOf[argument] >= 0 && keeps(argument) && !keeps(ownerOf[argument]),
  );
  return shareOf(beyond, states);
}

/** True where any value lies in pieces along an axis, or an operation is cut by it. */
export function cutsValues({ placed }: PlanSubject, axis: string): boolean {
  if (placed.shardings.some(sharding => sharding !== undefined && cutsTensor(sharding, axis))) return true;
  const own = new Set(placed.grid.atoms.flatMap((atom, index) => (atom.axis === axis ? [index] : [])));
  return [...placed.plans.values()].some(plan => plan.strategy.some(atoms => atoms.some(atom => own.has(atom))));
}

/** True where a tensor lies in pieces along an axis, or a part of it. */
export function cutsTensor(sharding: Sharding, axis: string): boolean {
  return sharding.dimensions.some((_, dimension) => cutsDimension(sharding, dimension, axis));
}

function cutsDimension(sharding: Sharding, dimension: number, axis: string): boolean {
  return sharding.dimensions[dimension]?.axes.some(part => part.axis === axis) === true;
}

function shareOf(some: readonly { readonly bytes: number }[], all: readonly { readonly bytes: number }[]): number {
  const sum = (list: readonly { readonly bytes: number }[]): number =>
    list.reduce((total, { bytes }) => total + bytes, 0);
  return sum(some) / Math.max(1, sum(all));
}

/** `67 %`, `0.4 %`. */
export function percent(share: number): string {
  return share >= 0.995 && share < 1 ? '> 99 %' : `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
}
