import type { IntervalTable } from '../../src/airspace/interval-table-kernel.ts';
import type { Planner } from '../../src/airspace/planner.ts';

/** All intervals of all tables with the names of their owners: what is in the sky, whatever happened before. */
export function contentsOf(planner: Planner): unknown {
  const { classes, pads } = planner.occupancy;
  const nameOf = (owner: number): string =>
    planner.nameOfOwner(owner) ?? `zone ${planner.zoneOfOwner(owner)?.name ?? owner}`;
  const read = (table: IntervalTable): string[][] =>
    Array.from(table.offsets, (offset, resource) => {
      const length = table.lengths[resource] ?? 0;
      const entries = Array.from({ length }, (_, entry) => {
        const at = offset + entry;
        return [table.bounds[2 * at], table.ends[at], nameOf(table.owners[at] ?? -1)].join(' ');
      });
      return entries.sort();
    });
  return [...classes.flatMap(({ edges, vertices }) => [read(edges), read(vertices)]), read(pads)];
}
