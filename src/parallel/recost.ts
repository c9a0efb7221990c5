import { type MemoryOfKind, programSeconds, type StepSeconds } from '../cost/index.ts';
import { placedMemory, totalBytes } from '../footprint/index.ts';
import { type Assignment, type Propagation, placeAssignment } from '../sharding/index.ts';
import type { MeshProblem } from './problem-mesh.ts';

/** What an assignment costs. `stepSeconds` is what a search makes small. */
export interface AssignmentCost extends StepSeconds {
  /** Changes of layout that need a collective, and those that are a local slice: what ties are broken by. */
  readonly layoutChanges: number;
  readonly memory: readonly MemoryOfKind[];
  /** Of all kinds together, on one device. */
  readonly memoryBytes: number;
  readonly placed: Propagation;
}

/**
 * Prices a valid assignment from nothing: it is carried out, and the placed program is priced as any plan is. Searches
 * keep their own, quicker books; this is what these are checked against.
 */
export function recostAssignment(ground: MeshProblem, assignment: Assignment): AssignmentCost {
  const placed = placeAssignment(ground, assignment);
  const { problem, defects } = ground;
  const seconds = programSeconds(placed, problem.cluster, defects, problem.fusedBytes);
  const all = placedMemory(placed, problem.cluster.profile.memoryTile);
  const memory = all.filter(({ kind }) => !defects.parametersOnly || kind === 'parameters');
  let layoutChanges = 0;
  for (const { kind } of placed.movements) if (kind === 'reshard') layoutChanges++;
  return { ...seconds, layoutChanges, memory, memoryBytes: totalBytes(memory), placed };
}
