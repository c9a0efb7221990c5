import { doubledCluster } from '../cost/index.ts';
import type { Fold } from './fold-types.ts';
import { listMeshes, meshRules } from './meshes.ts';
import { createProblem, dimensionSizes, entryOf, type ShardingProblem } from './problem.ts';
import { type MeshEffort, openSearch, searchMesh } from './search/mesh-search.ts';
import { choiceRules } from './space.ts';

/** A change by which a problem that has no plan would have one. */
export interface HelpfulChange {
  /** `memory`: as much on each device as the smallest plan needs. `cluster`: more of the same devices. */
  readonly kind: 'memory' | 'cluster';
  /** The cluster's notation; that of the problem for `memory`. */
  readonly cluster: string;
  /** What a device needs then. */
  readonly memoryBytes: number;
}

/** Doublings that are tried. */
const mostDoublings = 5;
/** Meshes of a larger cluster that are looked at, few axes first: fewest axes divide best. */
const mostMeshes = 4;
/** Enough to tell whether something fits. */
const quickEffort: MeshEffort = {
  rounds: 1,
  roundsOfLarge: 1,
  passesPerRound: 4,
  forestsPerRound: 0,
  propagatedStates: 0,
  memoryRounds: 1,
  memoryPrices: 6,
  gap: 1,
};

/** The smallest cluster of the same devices, twice as large each time, on which a quick search finds a plan that fits. */
export function largerCluster(problem: ShardingProblem, fold: Fold): HelpfulChange | undefined {
  if (problem.mesh !== undefined) return undefined;
  const { program, pins, memoryLimitBytes } = problem;
  const dimensions = dimensionSizes(entryOf(program));
  let cluster = doubledCluster(problem.cluster);
  for (let doubling = 0; doubling < mostDoublings && cluster !== undefined; doubling++) {
    const larger = createProblem(program, { cluster, pins, memoryLimitBytes, batchArguments: [] });
    const { candidates } = listMeshes(cluster, dimensions, { ...meshRules, contained: false });
    const meshes = [...candidates].sort((a, b) => a.mesh.axes.length - b.mesh.axes.length).slice(0, mostMeshes);
    if (meshes.length === 0) return undefined;
    const base = openSearch(larger, fold, meshes[0]);
    for (const mesh of meshes) {
      const known = { enough: Number.POSITIVE_INFINITY, seeds: [], exactMemory: true };
      const { best, leastBytes } = searchMesh(base, mesh, choiceRules, quickEffort, known);
      if (best !== undefined) return { kind: 'cluster', cluster: cluster.notation, memoryBytes: leastBytes };
    }
    cluster = doubledCluster(cluster);
  }
  return undefined;
}
