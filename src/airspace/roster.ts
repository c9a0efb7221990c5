import { createPlanner, type Planner } from './planner.ts';
import type { AirspaceProblem, Flight, FlightRequest } from './problem.ts';

/**
 * The sky and who is served in it, where flights are taken out and put in again. Flights accepted before stay as they
 * are.
 */
export interface Roster {
  readonly planner: Planner;
  /** By name, all that are asked for. */
  readonly requests: ReadonlyMap<string, FlightRequest>;
  /** By name, flights that serve requests. */
  readonly served: ReadonlyMap<string, Flight>;
  /** The cheapest flight for a request; at most `nodes` labels are expanded. */
  find(request: FlightRequest, nodes: number, limits?: Limits): Flight | undefined;
  put(flight: Flight): void;
  remove(name: string): Flight | undefined;
  /** Takes out all that serve requests, and puts these in. */
  replaceAll(flights: readonly Flight[]): void;
  /** From here on, puts and removals can be taken back. */
  begin(): void;
  /** A moment since `begin`, to go back to. */
  mark(): number;
  /** Makes the sky as it was at that moment, bit for bit. */
  rollBack(mark: number): void;
  /** Flights taken out since `begin`, as they were then. */
  removed(): readonly Flight[];
  cost(): number;
  expansions(): number;
}

/** What a flight that is put in again has to keep to, beside its request. */
export interface Limits {
  readonly takeOffFrom: number;
  readonly takeOffBy: number;
  /** By leg. */
  readonly landBy: readonly number[];
}

export function createRoster(problem: AirspaceProblem, planner: Planner = createPlanner(problem)): Roster {
  const kept = new Set(problem.flights.map(({ name }) => name));
  const requests = new Map(
    problem.requests.flatMap(request => (kept.has(request.name) ? [] : [[request.name, request]])),
  );
  const served = new Map<string, Flight>();
  const journal: { readonly isPut: boolean; readonly flight: Flight }[] = [];
  let expansions = 0;
  const accept = (flight: Flight): void => {
    planner.accept(flight);
    served.set(flight.name, flight);
  };
  const withdraw = (name: string): Flight => {
    served.delete(name);
    return planner.withdraw(name);
  };
  const roster: Roster = {
    planner,
    requests,
    served,
    find: (request, nodes, limits) => {
      const answer =
        limits === undefined ? planner.find(request, { nodes }) : findWithin(planner, request, nodes, limits);
      expansions += answer.expansions;
      return answer.kind === 'found' ? answer.flight : undefined;
    },
    put: flight => {
      accept(flight);
      journal.push({ isPut: true, flight });
    },
    remove: name => {
      if (!served.has(name)) return undefined;
      const flight = withdraw(name);
      journal.push({ isPut: false, flight });
      return flight;
    },
    replaceAll: flights => {
      for (const name of [...served.keys()]) withdraw(name);
      flights.forEach(accept);
      journal.length = 0;
    },
    begin: () => {
      journal.length = 0;
    },
    mark: () => journal.length,
    rollBack: mark => {
      while (journal.length > mark) {
        const { isPut, flight } = journal.pop() as (typeof journal)[number];
        if (isPut) withdraw(flight.name);
        else accept(flight);
      }
    },
    removed: () => {
      const first = new Map<string, Flight>();
      const inside = new Set<string>();
      for (const { isPut, flight } of journal) {
        if (isPut && !first.has(flight.name)) inside.add(flight.name);
        else if (!isPut && !inside.has(flight.name) && !first.has(flight.name)) first.set(flight.name, flight);
      }
      return [...first.values()];
    },
    cost: () => costOf([...served.values()]),
    expansions: () => expansions,
  };
  return roster;
}

export function costOf(flights: readonly Flight[]): number {
  return flights.reduce((total, { cost }) => total + cost, 0);
}

/** As `find` of a planner, for a flight that has to keep to limits. */
export function findWithin(
  planner: Planner,
  request: FlightRequest,
  nodes: number,
  limits: Limits,
): ReturnType<Planner['find']> {
  const { takeOffFrom, takeOffBy, landBy } = limits;
  const { roundTrip, deadline = Number.POSITIVE_INFINITY } = request;
  const [out = Number.POSITIVE_INFINITY, back = Number.POSITIVE_INFINITY] = landBy;
  const home = { ...roundTrip, deadline: Math.min(back, roundTrip?.deadline ?? Number.POSITIVE_INFINITY) };
  const bounded = {
    ...request,
    deadline: Math.min(out, deadline),
    ...(roundTrip === undefined ? {} : { roundTrip: home }),
  };
  return planner.find(bounded, {
    nodes,
    adjust: query => {
      const takeOffs = query.takeOffs.map(
        ([start, end]) => [Math.max(start, takeOffFrom), Math.min(end, takeOffBy)] as const,
      );
      return { ...query, takeOffs: takeOffs.filter(([start, end]) => start <= end) };
    },
  });
}
