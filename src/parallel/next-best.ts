import { formatMesh, layoutKey } from '../sharding/index.ts';
import { dataArguments } from './problem-mesh.ts';
import type { MeshPlan } from './search/mesh-search.ts';
import { tidyMesh } from './tidy-mesh.ts';

/**
 * The fastest plan that is not the best one once more: a mesh that cuts the axes of another one further has all of its
 * plans, so that the same plan is often found on several.
 */
export function nextBestPlan(plans: readonly MeshPlan[], best: MeshPlan): MeshPlan | undefined {
  const own = signatureOf(best);
  return [...plans].sort((a, b) => a.seconds - b.seconds).find(plan => signatureOf(plan) !== own);
}

/** Equal for plans that place all arguments alike on one tidy mesh. */
function signatureOf({ assignment, ground }: MeshPlan): string {
  const tidy = tidyMesh(assignment, dataArguments(ground));
  return [formatMesh(tidy.mesh), ...tidy.assignment.arguments.map(layoutKey)].join(' ');
}
