import { searchAxisByAxis } from './axis-by-axis.ts';
import { type SearchBase, searchMesh } from './mesh-search.ts';
import { searchOverlapped } from './overlap-search.ts';

/** How the meshes of a problem are searched. */
export function meshSearchOf({ defects, overlap }: SearchBase): typeof searchMesh {
  if (defects.axisByAxis) return searchAxisByAxis;
  return overlap.share > 0 ? searchOverlapped : searchMesh;
}
