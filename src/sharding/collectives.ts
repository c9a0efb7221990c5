import type { ElementType, ValueId } from '../ir/index.ts';
import { axisNames, type Layout, layoutKey, shardingOf } from './grid.ts';
import { formatSharding } from './notation.ts';
import type { Movement, PartialSum, Propagation } from './propagation-types.ts';
import type { CollectiveKind, Step } from './reshard.ts';

/** A value whose partial sum is merged into a collective. */
export interface PartialSource {
  readonly value: ValueId;
  /** Bytes of the value on one device. */
  readonly bytesPerDevice: number;
  /** The mesh axes of each dimension that is summed there: `[['dp'], ['tp']]` for two dimensions. */
  readonly factors: readonly (readonly string[])[];
}

/** A collective that a sharded program needs. */
export interface Collective {
  readonly kind: CollectiveKind;
  /** Mesh axes along which devices talk to each other. */
  readonly axes: readonly string[];
  /** The larger of operand and result on one device. */
  readonly bytesPerDevice: number;
  readonly element: ElementType;
  readonly operation: string;
  /** Number of the operation in the inlined program. */
  readonly index: number;
  readonly scope?: string;
  readonly value: ValueId;
  /** How often it runs. */
  readonly trips: number;
  /** For sums: the values whose partial sums are merged into this one. */
  readonly sources: readonly PartialSource[];
  readonly reason: string;
}

/** What the time of a collective depends on. */
export interface CollectiveSize extends Pick<Collective, 'kind' | 'axes' | 'bytesPerDevice' | 'trips'> {
  /** Whether it can run beside computing. */
  readonly hideable: boolean;
}

/**
 * The sizes of `collectives` alone, in the same order: what a search asks again and again. Changes of layout of the values
 * in `hideable` can run beside computing, but for those inside of loops and branches.
 */
export function* collectiveSizes(
  { func, movements, grid }: Propagation,
  hideable: ReadonlySet<ValueId>,
): Generator<CollectiveSize> {
  const outside = new Set(hideable.size > 0 ? func.body.operations : []);
  const names = new Map<string, readonly string[]>();
  for (const movement of movements) {
    const { trips, operation } = movement.site;
    const hides = movement.kind === 'reshard' && hideable.has(movement.value) && outside.has(operation);
    for (const { kind, atoms, bytesPerDevice } of movement.kind === 'reshard' ? movement.steps : [movement.step]) {
      const key = atoms.join();
      const axes = names.get(key) ?? axisNames(grid, atoms);
      names.set(key, axes);
      yield { kind, axes, bytesPerDevice, trips, hideable: hides };
    }
  }
}

/**
 * The collectives of a placed program, in program order: the ideal ones, where sums travel once, at the last place
 * that is not larger, and scattered where their reader wants that.
 */
export function collectives(propagation: Propagation): Collective[] {
  const texts = new Map<string, string>();
  const textOf = (layout: Layout): string => {
    const key = `${layout.dimensions.length}:${layoutKey(layout)}`;
    const text = texts.get(key) ?? formatSharding(shardingOf(propagation.grid, layout));
    texts.set(key, text);
    return text;
  };
  return propagation.movements.flatMap(movement => {
    const steps = movement.kind === 'reshard' ? movement.steps : [movement.step];
    return steps.map(step => describe(propagation, movement, step, textOf));
  });
}

function describe(
  propagation: Propagation,
  movement: Movement,
  step: Step,
  textOf: (layout: Layout) => string,
): Collective {
  const { site, value } = movement;
  const type = propagation.func.valueTypes[value];
  if (type.kind !== 'tensor') throw new Error(`internal: value ${value} is no tensor`);
  const { scope, name } = site.operation;
  const merges = step.kind === 'all-reduce' || step.kind === 'reduce-scatter';
  return {
    kind: step.kind,
    axes: axisNames(propagation.grid, step.atoms),
    bytesPerDevice: step.bytesPerDevice,
    element: type.element,
    operation: name,
    index: site.index,
    ...(scope === undefined ? {} : { scope }),
    value,
    trips: site.trips,
    sources:
      merges && movement.kind === 'reshard' ? movement.sources.map(source => partialSource(propagation, source)) : [],
    reason: reasonOf(propagation, movement, step, textOf),
  };
}

function partialSource({ grid }: Propagation, source: PartialSum): PartialSource {
  return { ...source, factors: source.factors.map(atoms => axisNames(grid, atoms)) };
}

function reasonOf(
  propagation: Propagation,
  movement: Movement,
  step: Step,
  textOf: (layout: Layout) => string,
): string {
  const axes = axisNames(propagation.grid, step.atoms).join(',');
  const { name } = movement.site.operation;
  if (movement.kind === 'inner') {
    return movement.reason === 'halo'
      ? `${name} needs the edges of its neighbours along ${axes}.`
      : `${name} reduces a dimension that is cut along ${axes}.`;
  }
  if (step.kind === 'all-reduce' || step.kind === 'reduce-scatter') {
    return `A sum over ${axes} is completed for ${name}: ${textOf(movement.from)} to ${textOf(movement.to)}.`;
  }
  return `${name} needs ${textOf(movement.to)} of a value that lies as ${textOf(movement.from)}.`;
}
