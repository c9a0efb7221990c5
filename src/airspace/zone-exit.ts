import { IntervalTable } from './interval-table-kernel.ts';
import type { Planner } from './planner.ts';
import type { FlightLeg, Zone } from './problem.ts';
import { RouteSearch } from './route-search-kernel.ts';
import { isInZone } from './zone-times.ts';

/**
 * The quickest way out of zones for a vehicle that is inside, from a vertex and a time to the first vertex outside,
 * past all that is reserved and all other zones; undefined where there is none. Searched on the part of the network
 * that lies inside, with one more vertex for all that is outside. Seconds of moving and hovering count the same.
 *
 * @param around the zones that it is inside of.
 * @param avoid vertices outside from which it was of no use to be out.
 */
export function quickestExit(
  planner: Planner,
  className: string,
  around: readonly Zone[],
  vertex: number,
  time: number,
  avoid: ReadonlySet<number>,
  nodes: number,
): FlightLeg | undefined {
  const { problem, occupancy } = planner;
  const { network } = problem;
  const tables = occupancy.classes[problem.classes.findIndex(({ name }) => name === className)];
  if (tables === undefined) throw new Error(`internal: no class ${className}`);
  const isInside = (place: number): boolean =>
    around.some(zone => isInZone(zone, network.x[place] ?? 0, network.y[place] ?? 0, network.z[place] ?? 0));
  const isIgnored = (owner: number): boolean => {
    const zone = planner.zoneOfOwner(owner);
    return zone !== undefined && around.includes(zone);
  };

  // Vertices that can be reached without being outside before, numbered in the order in which they are met.
  const places = [vertex];
  const numbers = new Map([[vertex, 0]]);
  const ways: { readonly from: number; readonly to: number; readonly edge: number }[] = [];
  for (let from = 0; from < places.length; from++) {
    const place = places[from] as number;
    if (!isInside(place)) continue;
    const end = network.edgeOffsets[place + 1] as number;
    for (let edge = network.edgeOffsets[place] as number; edge < end; edge++) {
      const target = network.edgeTargets[edge] as number;
      if (avoid.has(target)) continue;
      const to = numbers.get(target) ?? places.push(target) - 1;
      numbers.set(target, to);
      ways.push({ from, to, edge });
    }
  }
  const outside = places.length;
  const exits = places.flatMap((place, from) => (isInside(place) ? [] : [{ from, to: outside, edge: -1 }]));
  const all = [...ways, ...exits].sort((a, b) => a.from - b.from);
  const edgeOffsets = new Int32Array(outside + 2);
  for (const { from } of all) edgeOffsets[from + 1] = (edgeOffsets[from + 1] as number) + 1;
  for (let place = 0; place <= outside; place++) {
    edgeOffsets[place + 1] = (edgeOffsets[place + 1] as number) + (edgeOffsets[place] as number);
  }
  const edges = new IntervalTable(all.length);
  all.forEach(({ edge }, index) => {
    if (edge >= 0) copyIntervals(tables.edges, edge, edges, index, isIgnored);
  });
  const vertices = new IntervalTable(outside + 1);
  places.forEach((place, index) => void copyIntervals(tables.vertices, place, vertices, index, isIgnored));
  const search = new RouteSearch({
    edgeOffsets,
    edgeTargets: Int32Array.from(all, ({ to }) => to),
    edgeSeconds: Float64Array.from(all, ({ edge }) => (edge < 0 ? 0 : (tables.moves.seconds[edge] as number))),
    hover: Uint8Array.from([...places.map(place => network.hover[place] ?? 0), 0]),
    edges,
    vertices,
  });
  const whenever = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY, padEnd: Number.POSITIVE_INFINITY };
  const result = search.search({
    legs: [{ start: 0, goal: outside, landings: [whenever], stopSeconds: 0, flight: { at: () => 0 } }],
    takeOffs: [],
    earliest: 0,
    groundPrice: 1,
    hoverPrice: 1,
    airSeconds: Number.POSITIVE_INFINITY,
    limitTogether: false,
    nodes,
    begun: { base: 0, spent: 0, airborne: { time, takeOff: time, moving: 0 } },
  });
  const [leg] = result.kind === 'found' ? result.legs : [];
  if (leg === undefined) return undefined;
  const count = leg.vertices.length - 1;
  // It is out as soon as it arrives.
  return {
    vertices: leg.vertices.slice(0, count).map(place => places[place] as number),
    arrivals: leg.arrivals.slice(0, count),
    departures: [...leg.departures.slice(0, count - 1), leg.arrivals[count - 1] as number],
  };
}

function copyIntervals(
  from: IntervalTable,
  resource: number,
  to: IntervalTable,
  as: number,
  isIgnored: (owner: number) => boolean,
): void {
  const offset = from.offsets[resource] as number;
  const end = offset + (from.lengths[resource] as number);
  for (let entry = offset; entry < end; entry++) {
    const owner = from.owners[entry] as number;
    if (!isIgnored(owner)) to.insert(as, from.bounds[2 * entry] as number, from.ends[entry] as number, owner);
  }
}
