import type { MemoryOfKind } from '../cost/index.ts';
import type { Plan, PlannedCollective, PlannedValue } from '../plan/index.ts';
import { axisPartSize, type Mesh, parseSharding } from '../sharding/index.ts';

/** A quantity in two plans. */
export interface Pair {
  readonly a: number;
  readonly b: number;
}

/** Where two plans differ. Plain data. */
export interface PlanComparison {
  readonly a: Plan;
  readonly b: Plan;
  /** Inputs that both have and that lie otherwise, alike ones together; most bytes first. */
  readonly inputs: readonly InputDifference[];
  /** Names of inputs that both have, and those that one of them has alone. */
  readonly inputsInBoth: number;
  readonly inputsInOne: number;
  /** Bytes per device and step of the ideal collectives. */
  readonly traffic: readonly (Pair & { readonly kind: string; readonly axis: string })[];
  readonly memory: readonly (Pair & { readonly kind: string })[];
  readonly seconds: readonly (Pair & { readonly kind: string })[];
}

/** Inputs of one type that lie in one way in the one plan, and in another way in the other. */
export interface InputDifference {
  readonly names: readonly string[];
  readonly type: string;
  readonly a: string;
  readonly b: string;
  /** Of all of them, whole. */
  readonly bytes: number;
}

/** Compares two plans whose programs have inputs of the same names. */
export function comparePlans(a: Plan, b: Plan): PlanComparison {
  const others = new Map(b.inputs.map(input => [input.name, input]));
  const both = a.inputs.flatMap(input => {
    const other = others.get(input.name);
    return other === undefined ? [] : [{ input, other }];
  });
  const meshes = [meshOf(a), meshOf(b)] as const;
  return {
    a,
    b,
    inputs: groupInputs(both.filter(({ input, other }) => differ(input, other, meshes))),
    inputsInBoth: both.length,
    inputsInOne: a.inputs.length + b.inputs.length - 2 * both.length,
    traffic: pairs(trafficOf(a), trafficOf(b)).map(({ key, ...pair }) => {
      const [kind, axis] = key.split(' ');
      return { kind, axis, ...pair };
    }),
    memory: pairs(memoryOf(a.memory), memoryOf(b.memory)).map(({ key, ...pair }) => ({ kind: key, ...pair })),
    seconds: pairs(secondsOf(a), secondsOf(b)).map(({ key, ...pair }) => ({ kind: key, ...pair })),
  };
}

function meshOf({ mesh }: Plan): Mesh {
  return { axes: mesh.axes.map(([name, size]) => ({ name, size })) };
}

/** On one mesh shardings differ by their axes; on two of different axes, by the number of pieces of each dimension. */
function differ(a: PlannedValue, b: PlannedValue, [meshA, meshB]: readonly [Mesh, Mesh]): boolean {
  const axes = ({ axes: list }: Mesh): string => list.map(({ name, size }) => `${name}=${size}`).join();
  if (axes(meshA) === axes(meshB)) return a.sharding !== b.sharding;
  return piecesOf(a.sharding, meshA) !== piecesOf(b.sharding, meshB);
}

function piecesOf(sharding: string, mesh: Mesh): string {
  return parseSharding(sharding)
    .dimensions.map(({ axes }) => axes.reduce((product, part) => product * axisPartSize(mesh, part), 1))
    .join();
}

function groupInputs(
  differing: readonly { readonly input: PlannedValue; readonly other: PlannedValue }[],
): InputDifference[] {
  const groups = new Map<string, InputDifference>();
  for (const { input, other } of differing) {
    const key = `${input.type} ${input.sharding} ${other.sharding}`;
    const known = groups.get(key);
    groups.set(key, {
      names: [...(known?.names ?? []), input.name],
      type: input.type,
      a: input.sharding,
      b: other.sharding,
      bytes: (known?.bytes ?? 0) + input.bytes,
    });
  }
  return [...groups.values()].sort((x, y) => y.bytes - x.bytes);
}

function pairs(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): (Pair & { readonly key: string })[] {
  const keys = [...new Set([...a.keys(), ...b.keys()])];
  return keys.map(key => ({ key, a: a.get(key) ?? 0, b: b.get(key) ?? 0 }));
}

function trafficOf({ collectives }: Plan): Map<string, number> {
  const sums = new Map<string, number>();
  const bytesOf = ({ bytesPerDevice, trips }: PlannedCollective): number => bytesPerDevice * trips;
  for (const collective of collectives.ideal) {
    const key = `${collective.kind} ${collective.axes.join(',')}`;
    sums.set(key, (sums.get(key) ?? 0) + bytesOf(collective));
  }
  return new Map([...sums].sort(([x], [y]) => (x < y ? -1 : 1)));
}

function memoryOf(memory: readonly MemoryOfKind[]): Map<string, number> {
  const total = memory.reduce((sum, { bytesPerDevice }) => sum + bytesPerDevice, 0);
  return new Map<string, number>([
    ...memory.map(({ kind, bytesPerDevice }) => [kind, bytesPerDevice] as const),
    ['all', total],
  ]);
}

function secondsOf({ predicted }: Plan): Map<string, number> {
  return new Map([
    ['computing', predicted.computeSeconds],
    ['moving', predicted.communicationSeconds],
    ...(predicted.overlapSeconds === 0 ? [] : [['overlap', predicted.overlapSeconds] as const]),
    ['a step', predicted.stepSeconds],
  ]);
}
