import { createArrivalProfile } from './arrival-profile.ts';
import { createIncomingEdges, type IncomingEdges } from './incoming-edges.ts';
import type { ArrivalProfile, RouteGraph, RouteLeg, RouteLegTimes, RouteQuery, RouteResult } from './route-query.ts';
import { RouteSearch } from './route-search-kernel.ts';

/** Searches for flights of one class, with what it takes to know of their goals. */
export interface RouteFinder {
  search(query: RouteQuery): RouteResult;
}

export interface RouteFinderOptions {
  /**
   * Labels that a search may expand before the arrivals at its goals are worked out: most searches end long before, and
   * for them it would not pay. Default 1,000.
   */
  readonly patience?: number;
}

/**
 * A finder that learns about goals as it goes: where a search takes long, it works out when its goals can be reached at
 * all past what is reserved near them (`createArrivalProfile`), and begins anew if that says more than it has learned
 * on its way. Profiles of goals that many flights have in common, such as depots, are used again until something is
 * taken out of the sky.
 *
 * @param epoch counts how often something was taken out.
 */
export function createRouteFinder(
  graph: RouteGraph,
  epoch: () => number,
  { patience = 1000 }: RouteFinderOptions = {},
): RouteFinder {
  const search = new RouteSearch(graph);
  const kept = new Map<string, { readonly profile: ArrivalProfile; readonly epoch: number }>();
  let incoming: IncomingEdges | undefined;

  const withKnown = (leg: RouteLeg): RouteLeg => {
    const known = leg.anyTime?.isOwn ? undefined : kept.get(keyOf(leg));
    return known?.epoch === epoch() ? withProfile(leg, known.profile) : leg;
  };
  const withFresh = (leg: RouteLeg): RouteLeg => {
    if (leg.anyTime === undefined) return leg;
    incoming ??= createIncomingEdges(graph);
    const profile = createArrivalProfile(graph, incoming, leg.goal, leg.anyTime.landings(), leg.flight);
    if (!leg.anyTime.isOwn) kept.set(keyOf(leg), { profile, epoch: epoch() });
    return withProfile(leg, profile);
  };
  const guided = (query: RouteQuery): RouteResult => {
    const nodes = Math.min(query.nodes, patience);
    const first = search.search({ ...query, legs: query.legs.map(withKnown), nodes });
    if (first.kind !== 'limit' || nodes === query.nodes) return first;
    const better = { ...query, legs: query.legs.map(withFresh), nodes: query.nodes - nodes };
    // A second of a bound is what it takes to be worth beginning anew.
    const saysMore = leastCostOf(better) > search.leastCost() + 1;
    const second = saysMore ? search.search(better) : search.resume(better.nodes);
    return { ...second, expansions: first.expansions + second.expansions };
  };
  return {
    search: query => {
      const limited = query.airSeconds < Number.POSITIVE_INFINITY;
      if (!limited || query.groundPrice !== query.hoverPrice) return guided(query);
      // Without a limit one label a gap is enough. What is cheapest then is cheapest with it too if it keeps to it.
      const free = guided({ ...query, airSeconds: Number.POSITIVE_INFINITY });
      if (free.kind !== 'found' || isWithinAirTime(query, free.legs)) return free;
      const rest = guided({ ...query, nodes: query.nodes - free.expansions });
      return { ...rest, expansions: free.expansions + rest.expansions };
    },
  };
}

/** A leg that knows more: of two profiles it goes by the one that says more. */
function withProfile(leg: RouteLeg, profile: ArrivalProfile): RouteLeg {
  const known = leg.profile;
  if (known === undefined) return { ...leg, profile };
  const landing: ArrivalProfile['landing'] = (vertex, low, high, free) =>
    Math.max(known.landing(vertex, low, high, free), profile.landing(vertex, low, high, free));
  return { ...leg, profile: { landing } };
}

function keyOf({ goal, anyTime }: RouteLeg): string {
  return `${goal} ${anyTime?.holdSeconds}`;
}

/** What a flight costs at least by the profile of its first goal; minus infinity where there is none. */
function leastCostOf({ legs, takeOffs, earliest, groundPrice, hoverPrice, begun }: RouteQuery): number {
  const [leg, ...later] = legs;
  const { base, airborne } = begun ?? { base: -groundPrice * earliest };
  const time = airborne?.time ?? takeOffs[0]?.[0];
  if (leg?.profile === undefined || time === undefined) return Number.NEGATIVE_INFINITY;
  const { takeOff, moving } = airborne ?? { takeOff: time, moving: 0 };
  const before = base + groundPrice * takeOff + moving + hoverPrice * (time - takeOff - moving);
  const flight = leg.flight.at(leg.start);
  const landing = leg.profile.landing(leg.start, time, Number.POSITIVE_INFINITY, time + flight);
  const rest = later.reduce((seconds, next) => seconds + next.flight.at(next.start), 0);
  return before + flight + rest + Math.min(groundPrice, hoverPrice, 1) * (landing - time - flight);
}

/** True if legs keep to the air time that is allowed, each or together, with what was flown before. */
function isWithinAirTime({ airSeconds, limitTogether, begun }: RouteQuery, legs: readonly RouteLegTimes[]): boolean {
  const times = legs.map(({ arrivals, departures }) => (departures.at(-1) as number) - (arrivals[0] as number));
  if (begun?.airborne !== undefined) times[0] = (times[0] as number) + begun.airborne.time - begun.airborne.takeOff;
  const before = begun?.spent ?? 0;
  const most = limitTogether ? times.reduce((sum, time) => sum + time, before) : Math.max(...times);
  return most <= airSeconds;
}
