import {
  type MemoryOfKind,
  operationSeconds,
  operationWork,
  piecesOfStrategy,
  programSeconds,
  type StepSeconds,
  workOfPiece,
} from '../cost/index.ts';
import { placedMemory, totalBytes } from '../footprint/index.ts';
import { operationCounter, type ValueId } from '../ir/index.ts';
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
 * keep their own, quicker books; this is what these are checked against. `hideable` are the values whose moves can be
 * hidden, where they are known already.
 */
export function recostAssignment(
  ground: MeshProblem,
  assignment: Assignment,
  hideable?: ReadonlySet<ValueId>,
): AssignmentCost {
  const placed = placeAssignment(ground, assignment);
  const { problem, defects } = ground;
  const seconds = programSeconds(placed, problem.cluster, defects, problem.fusedBytes, hideable);
  const memory = memoryOf(ground, placed);
  let layoutChanges = 0;
  for (const { kind } of placed.movements) if (kind === 'reshard') layoutChanges++;
  return { ...seconds, layoutChanges, memory, memoryBytes: totalBytes(memory), placed };
}

/** Bytes that an assignment needs on a device: those of `recostAssignment`, without the rest. */
export function assignmentBytes(ground: MeshProblem, assignment: Assignment): number {
  return totalBytes(memoryOf(ground, placeAssignment(ground, assignment)));
}

function memoryOf({ problem, defects }: MeshProblem, placed: Propagation): MemoryOfKind[] {
  const all = placedMemory(placed, problem.cluster.profile.memoryTile);
  return all.filter(({ kind }) => !defects.parametersOnly || kind === 'parameters');
}

/** Seconds in which a device computes in one step of an assignment: `recostAssignment` says the same. */
export function computingSeconds(ground: MeshProblem, { choices }: Assignment): number {
  const { func, operations, grid, trips, problem, defects } = ground;
  const count = operationCounter(func);
  let seconds = 0;
  for (const [number, choice] of choices.entries()) {
    if (choice === undefined) continue;
    const work = operationWork(func, operations[number], trips[number], problem.fusedBytes, defects, count);
    if (work === undefined) continue;
    seconds += operationSeconds(workOfPiece(work, piecesOfStrategy(grid, choice.strategy)), problem.cluster);
  }
  return seconds;
}
