import { typeBytes } from '../ir/index.ts';
import { computingSeconds, dataArguments, type ShardingOutcome, tidyMesh } from '../parallel/index.ts';
import { formatMesh, formatSharding, refineMesh, shardingOf } from '../sharding/index.ts';
import type { ProgramSubject } from './subject.ts';

/** A plan that was found beside the best one, on another mesh: what it costs by the books of the search. */
export interface Alternative {
  readonly mesh: string;
  readonly stepSeconds: number;
  readonly computeSeconds: number;
  /** About so much on a device: see `MeshPlan`. */
  readonly memoryBytes: number;
  /** Weights that are cut into other pieces, by name; most bytes first. */
  readonly differences: readonly PlacementDifference[];
}

export interface PlacementDifference {
  readonly name: string;
  readonly here: string;
  readonly there: string;
  /** Of all repeats, whole. */
  readonly bytes: number;
}

/** The second-best plan of a search, and where it differs from the best one. */
export function explainSecond(program: ProgramSubject, outcome: ShardingOutcome): Alternative | undefined {
  const { second, solution } = outcome;
  if (second === undefined || solution === undefined) return undefined;
  const { seconds: stepSeconds, memoryBytes } = second;
  const computeSeconds = computingSeconds(second.ground, second.assignment);
  const tidy = tidyMesh(second.assignment, dataArguments(second.ground));
  const grid = refineMesh(tidy.mesh, []);
  const there = tidy.assignment.arguments.map(layout => shardingOf(grid, layout));
  const here = solution.assignment.arguments.map(layout => shardingOf(solution.ground.grid, layout));
  const pieces = (atoms: readonly (readonly number[])[], sizes: readonly { readonly size: number }[]): string =>
    atoms.map(list => list.reduce((product, atom) => product * sizes[atom].size, 1)).join();
  const sums = new Map<string, PlacementDifference>();
  for (const [index, { value }] of program.func.arguments.entries()) {
    if (program.roles[index] !== 'parameter') continue;
    const own = pieces(solution.assignment.arguments[index].dimensions, solution.ground.grid.atoms);
    if (own === pieces(tidy.assignment.arguments[index].dimensions, grid.atoms)) continue;
    const name = program.names.argument(index);
    const difference = { name, here: formatSharding(here[index]), there: formatSharding(there[index]) };
    const key = `${name} ${difference.here} ${difference.there}`;
    const bytes = (sums.get(key)?.bytes ?? 0) + typeBytes(program.func.valueTypes[value]);
    sums.set(key, { ...difference, bytes });
  }
  const differences = [...sums.values()].sort((a, b) => b.bytes - a.bytes);
  return { mesh: formatMesh(tidy.mesh), stepSeconds, computeSeconds, memoryBytes, differences };
}
