import { createFreeFlight, createLayerDistances, type FreeFlight } from './free-flight.ts';
import { createOccupancy, type Occupancy, type OccupancyOptions, ownerOfZone } from './occupancy.ts';
import { landingWindows, takeOffWindows } from './pad-windows.ts';
import { createPast } from './past-flights.ts';
import type { AirspaceProblem, Flight, FlightRequest, Place, Zone } from './problem.ts';
import { createRouteFinder, type RouteFinderOptions } from './route-finder.ts';
import type { RouteLeg, RouteQuery, RouteResult } from './route-query.ts';

/** What came of one request. */
export type Answer =
  | { readonly kind: 'found'; readonly flight: Flight; readonly expansions: number }
  | { readonly kind: 'proved' | 'gave-up'; readonly expansions: number };

/** The sky with all that is accepted, and searches over it. */
export interface Planner {
  readonly problem: AirspaceProblem;
  readonly occupancy: Occupancy;
  /** The cheapest flight that serves a request past all that is accepted. Changes nothing. */
  find(request: FlightRequest, options?: FindOptions): Answer;
  /** True if the network leads from a request's start to its goal, and back for a round trip. */
  isReachable(request: FlightRequest): boolean;
  /**
   * A lower bound of the seconds from one place to another over an empty sky, for a class; infinite where there is no
   * way.
   */
  freeSeconds(className: string, from: Place, to: Place): number;
  /**
   * Puts a flight in. Names are unique among accepted flights; one that was in before gets its place among them back.
   */
  accept(flight: Flight): void;
  /** Takes a flight out again, and returns it. */
  withdraw(name: string): Flight;
  /**
   * Takes out of the tables, not out of the plan, who can meet nobody that flies at `time` or later, so that a long
   * day's sky stays small. Requests may not be earlier than that any more: looking for one is a bug. Changes no answer.
   */
  forgetBefore(time: number): void;
  /** Accepted flights, in the order in which they were accepted first. */
  flights(): readonly Flight[];
  /** The name of the flight that an owner in the occupancy stands for. */
  nameOfOwner(owner: number): string | undefined;
  /**
   * Closes one more zone, and returns its index; one that was lifted gets its index back where it is given. Accepted
   * flights stay as they are, even inside of it.
   */
  close(zone: Zone, index?: number): number;
  /** Lifts a zone by its index; it may be one of the problem's, which have those of their places there. */
  lift(index: number): void;
  /** Zones that are in force: those of the problem, unless left out or lifted, and those closed since. */
  zones(): readonly Zone[];
  /** The zone that an owner in the occupancy stands for. */
  zoneOfOwner(owner: number): Zone | undefined;
}

export interface FindOptions {
  /** Default: no limit. */
  readonly nodes?: number;
  /**
   * Changes what is searched for: a flight may be on its way already. The answer's legs are those of the changed query.
   */
  readonly adjust?: (query: RouteQuery) => RouteQuery;
}

export interface PlannerOptions extends OccupancyOptions, RouteFinderOptions {
  /** Leave out zones or flights of the problem, to learn what stands in the way. */
  readonly withoutZones?: boolean;
  readonly withoutFlights?: boolean;
}

/** A planner with the zones and the accepted flights of a problem in it. */
export function createPlanner(problem: AirspaceProblem, options: PlannerOptions = {}): Planner {
  const occupancy = createOccupancy(problem, options);
  const { network } = problem;
  const searches = occupancy.classes.map(({ moves, edges, vertices }) => {
    const { edgeOffsets, edgeTargets, hover } = network;
    const graph = { edgeOffsets, edgeTargets, edgeSeconds: moves.seconds, hover, edges, vertices };
    return createRouteFinder(graph, occupancy.epoch, options);
  });
  const distances = network.lattice === undefined ? undefined : createLayerDistances(network.lattice);
  const freeFlights = occupancy.classes.map(({ moves }) =>
    createFreeFlight(network, moves.vehicle, moves.seconds, distances),
  );
  const classIndex = new Map(problem.classes.map((vehicle, index) => [vehicle.name, index]));
  const owners = new Map<string, { readonly owner: number; readonly flight: Flight }>();
  const names: string[] = [];
  const ownerOf = new Map<string, number>();
  const past = createPast(problem);
  const zones = new Map<number, Zone>();
  let zonesEver = problem.zones.length;
  const closeAt = (zone: Zone, index: number): number => {
    zones.set(index, zone);
    occupancy.close(zone, index);
    return index;
  };
  const planner: Planner = {
    problem,
    occupancy,
    find: (request, { nodes = Number.POSITIVE_INFINITY, adjust } = {}) => {
      const index = classIndex.get(request.class);
      const search = index === undefined ? undefined : searches[index];
      const freeFlight = index === undefined ? undefined : freeFlights[index];
      if (search === undefined || freeFlight === undefined) throw new Error(`internal: no class ${request.class}`);
      if (adjust === undefined && request.earliest < past.time()) {
        throw new Error(
          `internal: ${request.name} is from ${request.earliest} s, before ${past.time()} s all is forgotten`,
        );
      }
      const query = routeQuery(problem, occupancy, freeFlight, request, nodes);
      return answerOf(request, search.search(adjust === undefined ? query : adjust(query)));
    },
    isReachable: request => {
      const freeFlight = freeFlights[classIndex.get(request.class) ?? -1];
      const [start, goal] = [vertexOf(problem, request.from), vertexOf(problem, request.to)];
      const leads = (from: number, to: number): boolean =>
        (freeFlight?.to(to).at(from) ?? Number.POSITIVE_INFINITY) < Number.POSITIVE_INFINITY;
      return leads(start, goal) && (request.roundTrip === undefined || leads(goal, start));
    },
    freeSeconds: (className, from, to) => {
      const bound = freeFlights[classIndex.get(className) ?? -1]?.to(vertexOf(problem, to));
      return bound?.at(vertexOf(problem, from)) ?? Number.POSITIVE_INFINITY;
    },
    accept: flight => {
      if (owners.has(flight.name)) throw new Error(`internal: flight ${flight.name} is accepted already`);
      const owner = ownerOf.get(flight.name) ?? names.push(flight.name) - 1;
      ownerOf.set(flight.name, owner);
      owners.set(flight.name, { owner, flight });
      occupancy.reserve(flight, owner);
      past.add(flight);
    },
    withdraw: name => {
      const held = owners.get(name);
      if (held === undefined) throw new Error(`internal: no flight ${name}`);
      owners.delete(name);
      if (past.remove(name)) occupancy.withdraw(held.flight, held.owner);
      return held.flight;
    },
    forgetBefore: time => {
      for (const name of past.forget(time)) {
        const held = owners.get(name);
        if (held !== undefined) occupancy.withdraw(held.flight, held.owner);
      }
    },
    flights: () => [...owners.values()].sort((a, b) => a.owner - b.owner).map(({ flight }) => flight),
    nameOfOwner: owner => names[owner],
    close: (zone, index) => closeAt(zone, index ?? zonesEver++),
    lift: index => {
      const zone = zones.get(index);
      if (zone === undefined) throw new Error(`internal: no zone ${index} is closed`);
      zones.delete(index);
      occupancy.lift(zone, index);
    },
    zones: () => [...zones].sort(([a], [b]) => a - b).map(([, zone]) => zone),
    zoneOfOwner: owner => zones.get(ownerOfZone(owner)),
  };
  if (!options.withoutZones) problem.zones.forEach(closeAt);
  if (!options.withoutFlights) for (const flight of problem.flights) planner.accept(flight);
  return planner;
}

function answerOf(request: FlightRequest, result: RouteResult): Answer {
  const { expansions } = result;
  if (result.kind !== 'found') return { kind: result.kind === 'limit' ? 'gave-up' : 'proved', expansions };
  const { name, from, to } = request;
  const flight = { name, class: request.class, from, to, legs: result.legs, cost: result.cost };
  return { kind: 'found', flight, expansions };
}

/** A request in the numbers that the search takes. */
function routeQuery(
  problem: AirspaceProblem,
  occupancy: Occupancy,
  freeFlight: FreeFlight,
  request: FlightRequest,
  nodes: number,
): RouteQuery {
  const vehicle = problem.classes.find(({ name }) => name === request.class);
  const common = {
    airSeconds: vehicle?.airSeconds ?? Number.POSITIVE_INFINITY,
    limitTogether: request.roundTrip?.recharge === false,
    nodes,
  };
  if (problem.mode === 'classic') return { ...common, ...classicQuery(occupancy, freeFlight, request) };
  const from = padOf(problem, request.from);
  const to = padOf(problem, request.to);
  const { pads } = occupancy;
  const { roundTrip, earliest, deadline = Number.POSITIVE_INFINITY } = request;
  const stopSeconds = roundTrip?.stopSeconds ?? to.serviceSeconds;
  const leg = (start: number, pad: UsedPad, holdSeconds: number, latest: number, stop: number): RouteLeg => ({
    start,
    goal: pad.vertex,
    landings: landingWindows(pads, pad.index, holdSeconds, earliest, latest),
    stopSeconds: stop,
    flight: freeFlight.to(pad.vertex),
    anyTime: {
      holdSeconds,
      landings: () => landingWindows(pads, pad.index, holdSeconds, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    },
  });
  const legs = [leg(from.vertex, to, roundTrip ? stopSeconds : to.serviceSeconds, deadline, stopSeconds)];
  if (roundTrip !== undefined) {
    legs.push(leg(to.vertex, from, from.serviceSeconds, roundTrip.deadline ?? Number.POSITIVE_INFINITY, 0));
  }
  return {
    ...common,
    legs,
    takeOffs: takeOffWindows(pads, from.index, from.serviceSeconds, earliest),
    earliest,
    groundPrice: problem.prices.ground,
    hoverPrice: problem.prices.hover,
  };
}

/** It is at its start from time 0 and stays at its goal for ever; every second until then costs 1. */
function classicQuery(
  { classes }: Occupancy,
  freeFlight: FreeFlight,
  request: FlightRequest,
): Omit<RouteQuery, 'airSeconds' | 'limitTogether' | 'nodes'> {
  const start = Number(request.from);
  const goal = Number(request.to);
  const tables = classes[0];
  if (tables === undefined) throw new Error('internal: classic mode without a class');
  const { vertices } = tables;
  const free = vertices.lastEnd(goal);
  const infinity = Number.POSITIVE_INFINITY;
  const landings = free < infinity ? [{ start: Math.max(0, free), end: infinity, padEnd: infinity }] : [];
  return {
    legs: [
      {
        start,
        goal,
        landings,
        stopSeconds: 0,
        flight: freeFlight.to(goal),
        anyTime: { holdSeconds: infinity, landings: () => landings },
      },
    ],
    takeOffs: [[0, 0]],
    earliest: 0,
    groundPrice: 1,
    hoverPrice: 1,
  };
}

interface UsedPad {
  readonly index: number;
  readonly vertex: number;
  readonly serviceSeconds: number;
}

function padOf(problem: AirspaceProblem, place: Place): UsedPad {
  const index = problem.pads.findIndex(({ name }) => name === place);
  const pad = problem.pads[index];
  if (pad === undefined) throw new Error(`internal: no pad ${place}`);
  return { index, vertex: pad.vertex, serviceSeconds: pad.serviceSeconds };
}

function vertexOf(problem: AirspaceProblem, place: Place): number {
  return problem.mode === 'classic' ? Number(place) : padOf(problem, place).vertex;
}
