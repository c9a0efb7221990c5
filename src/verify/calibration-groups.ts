import type { LinkLevel } from '../cost/index.ts';

/** Groups of devices that are measured: all groups of one size over the same link levels talk at once. */
export interface DeviceGroups {
  /** How the group lies: `memory 4`, or `memory 2, loopback 2` where it spans two levels. */
  readonly name: string;
  readonly size: number;
  /** The levels with the number of members that the group has of each, innermost first; sizes multiply to `size`. */
  readonly levels: readonly LinkLevel[];
  /** Devices of each group. */
  readonly groups: readonly (readonly number[])[];
}

/** Every part of every link level that divides it, then all devices where there are several levels. */
export function calibrationGroups(links: readonly LinkLevel[]): DeviceGroups[] {
  const devices = links.reduce((product, level) => product * level.size, 1);
  let step = 1;
  const found = links.flatMap(level => {
    const below = step;
    step *= level.size;
    const sizes = Array.from({ length: level.size - 1 }, (_, k) => k + 2).filter(size => level.size % size === 0);
    return sizes.map(size => groupsOf([{ ...level, size }], devices, below));
  });
  return links.length > 1 ? [...found, groupsOf(links, devices, 1)] : found;
}

/** Groups of neighbours at distance `step`. */
function groupsOf(levels: readonly LinkLevel[], devices: number, step: number): DeviceGroups {
  const size = levels.reduce((product, level) => product * level.size, 1);
  const groups = Array.from({ length: devices / size }, (_, group) => {
    const first = Math.floor(group / step) * step * size + (group % step);
    return Array.from({ length: size }, (_, member) => first + member * step);
  });
  return { name: levels.map(level => `${level.name} ${level.size}`).join(', '), size, levels, groups };
}
