import type { Mesh } from './mesh.ts';
import type { AxisPart, Sharding } from './notation.ts';

/** Prints `sdy.mesh @mesh = <["dp"=2, "tp"=4]>`, with device ids where the mesh has any. */
export function sdyMeshText(mesh: Mesh, name: string): string {
  const axes = mesh.axes.map(axis => `"${axis.name}"=${axis.size}`).join(', ');
  const inOrder = mesh.deviceIds === undefined || mesh.deviceIds.every((id, index) => id === index);
  const ids = inOrder ? '' : `, device_ids=[${mesh.deviceIds?.join(', ')}]`;
  return `sdy.mesh @${name} = <[${axes}]${ids}>`;
}

/** Prints `#sdy.sharding<@mesh, [{"dp"}, {"tp", ?}]>`. Unreduced axes are left out: the compiler reduces at once. */
export function sdyShardingText(sharding: Sharding, meshName: string): string {
  const dimensions = sharding.dimensions.map(({ axes, open }) => {
    const words = axes.map(axisText);
    if (open) words.push('?');
    return `{${words.join(', ')}}`;
  });
  return `#sdy.sharding<@${meshName}, [${dimensions.join(', ')}]>`;
}

function axisText(part: AxisPart): string {
  const sub = part.sub === undefined ? '' : `:(${part.sub.before})${part.sub.size}`;
  return `"${part.axis}"${sub}`;
}
