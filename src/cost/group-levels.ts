import { axisPartSize, type Mesh, meshSize, parseSharding } from '../sharding/index.ts';
import type { Cluster, LinkLevel } from './cluster.ts';

/**
 * The links between the devices of one group: each level of the cluster with the number of its members that the group
 * has. A group that takes an uneven share of a level is seen as if it took the largest share everywhere.
 */
export function groupLevels(cluster: Cluster, devices: readonly number[]): LinkLevel[] {
  let below = devices.map(device => device);
  return cluster.links.flatMap((link): LinkLevel[] => {
    const above = below.map(member => Math.floor(member / link.size));
    const members = new Set(below).size;
    const groups = new Set(above).size;
    below = above;
    const size = Math.ceil(members / groups);
    return size > 1 ? [{ ...link, size }] : [];
  });
}

/** The devices of one group along mesh axes (`tp`, or a part `tp:(2)2`): those that share the other coordinates of 0. */
export function groupAlongAxes(mesh: Mesh, axes: readonly string[]): number[] {
  let positions = [0];
  for (const text of axes) {
    const [part] = parseSharding(`[{${text}}]`).dimensions[0].axes;
    const index = mesh.axes.findIndex(axis => axis.name === part.axis);
    const minor = mesh.axes.slice(index + 1).reduce((product, axis) => product * axis.size, 1);
    const size = axisPartSize(mesh, part);
    const step = part.sub === undefined ? minor : (minor * mesh.axes[index].size) / (part.sub.before * size);
    positions = positions.flatMap(base => Array.from({ length: size }, (_, digit) => base + digit * step));
  }
  const places = meshSize(mesh);
  const ids = mesh.deviceIds ?? Array.from({ length: places }, (_, position) => position);
  return positions.map(position => ids[position]);
}
