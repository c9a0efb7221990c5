import { createArrivalProfile } from './arrival-profile.ts';
import type { IncomingEdges } from './incoming-edges.ts';
import type { AirNetwork } from './network.ts';
import type { ClassTables, Occupancy } from './occupancy.ts';
import type { ArrivalProfile, RouteGraph, RouteLeg, RouteQuery, RouteResult } from './route-query.ts';
import { RouteSearch } from './route-search-kernel.ts';

/** Searches for flights of one class, with what it takes to know of their goals. */
export interface RouteFinder {
  search(query: RouteQuery): RouteResult;
}

export interface RouteFinderOptions {
  /**
   * Labels that a search may expand before the arrivals at its goals are worked out and it begins anew with them: most
   * searches end long before, and for them it would not pay. Default 1,000.
   */
  readonly patience?: number;
}

/**
 * A finder that learns about goals as it goes: where a search takes long, it works out when its goals can be reached at all past
 * what is reserved near them (`createArrivalProfile`). Profiles of goals that many flights have in common, such as depots, are
 * used again until something is taken out of the sky.
 *
 * @param incoming of the network, asked for when the first profile needs it.
 */
export function createRouteFinder(
  network: AirNetwork,
  incoming: () => IncomingEdges,
  { moves, edges, vertices }: ClassTables,
  occupancy: Occupancy,
  { patience = 1000 }: RouteFinderOptions = {},
): RouteFinder {
  const graph: RouteGraph = {
    edgeOffsets: network.edgeOffsets,
    edgeTargets: network.edgeTargets,
    edgeSeconds: moves.seconds,
    hover: network.hover,
    edges,
    vertices,
  };
  const search = new RouteSearch(graph);
  const kept = new Map<string, { readonly profile: ArrivalProfile; readonly epoch: number }>();

  const withKnown = (leg: RouteLeg): RouteLeg => {
    const known = kept.get(keyOf(leg));
    return known?.epoch === occupancy.epoch() ? { ...leg, profile: known.profile } : leg;
  };
  const withFresh = (leg: RouteLeg): RouteLeg => {
    if (leg.anyTime === undefined) return leg;
    const profile = createArrivalProfile(graph, incoming(), leg.goal, leg.anyTime.landings(), leg.flight);
    kept.set(keyOf(leg), { profile, epoch: occupancy.epoch() });
    return { ...leg, profile };
  };
  return {
    search: query => {
      const nodes = Math.min(query.nodes, patience);
      const first = search.search({ ...query, legs: query.legs.map(withKnown), nodes });
      if (first.kind !== 'limit' || nodes === query.nodes) return first;
      const second = search.search({ ...query, legs: query.legs.map(withFresh), nodes: query.nodes - nodes });
      return { ...second, expansions: first.expansions + second.expansions };
    },
  };
}

function keyOf({ goal, anyTime }: RouteLeg): string {
  return `${goal} ${anyTime?.holdSeconds}`;
}
