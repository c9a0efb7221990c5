import { createRandom, type Progress, type Random, silentProgress } from '../base/index.ts';
import { blockersOf } from './blockers.ts';
import { createPlanner, type Planner } from './planner.ts';
import type { AirspaceProblem, Flight, FlightRequest } from './problem.ts';
import { costOf, createRoster } from './roster.ts';

export interface FleetOptions {
  /** Default 0. The same seed and the same numbers of rounds give the same flights on every machine. */
  readonly seed?: number;
  /** Orders that are tried at most to serve everybody: who was refused comes first in the next. Default 20. */
  readonly orders?: number;
  /** Rounds of repair: a few flights are taken out and put in again in another order. Default 200. */
  readonly repairs?: number;
  /** Labels that may be expanded for one request. Default: one million. */
  readonly nodesPerRequest?: number;
  readonly progress?: Progress;
}

export interface FleetOutcome {
  readonly flights: readonly Flight[];
  readonly refused: readonly FlightRequest[];
  readonly cost: number;
  /** What those who are served would cost if each were alone: no plan for them costs less. */
  readonly boundCost: number;
  readonly expansions: number;
}

/**
 * Plans all requests of a problem together: in an order that serves as many as it finds, then by large-neighbourhood
 * search, after Li, Chen, Harabor, Stuckey and Koenig, "Anytime Multi-Agent Path Finding via Large Neighborhood Search"
 * (2021). We depart from it in that neighbourhoods are a delayed or refused flight and those that stand in its cheapest
 * way, and in that serving more comes before costing less. Every route is optimal given the others; the whole need not
 * be.
 */
export function planFleet(problem: AirspaceProblem, options: FleetOptions = {}): FleetOutcome {
  const { seed = 0, orders = 20, repairs = 200, nodesPerRequest = 1_000_000, progress = silentProgress } = options;
  const fleet = createFleet(problem, nodesPerRequest);
  const random = createRandom(seed);
  progress.phase('ordering flights', orders);
  fleet.order(orders, done => progress.advance(done));
  progress.phase('repairing plans', repairs);
  for (let round = 0; round < repairs && !fleet.isOptimal(); round++) {
    fleet.repair(random);
    progress.advance(round + 1);
  }
  progress.end();
  return fleet.outcome();
}

interface Fleet {
  /** Tries orders until one serves everybody, and leaves the best in the sky. */
  order(most: number, tried: (count: number) => void): void;
  /** One round of repair; keeps what is better. */
  repair(random: Random): void;
  /** True if everybody flies as if alone: nothing is left to repair. */
  isOptimal(): boolean;
  outcome(): FleetOutcome;
}

function createFleet(problem: AirspaceProblem, nodes: number): Fleet {
  const roster = createRoster(problem);
  const { planner, served } = roster;
  const alone = aloneFlights(problem, nodes);
  const requests = [...roster.requests.values()].filter(({ name }) => alone.has(name));
  /** Puts a request in if it can be served. */
  const serve = (request: FlightRequest): boolean => {
    const flight = roster.find(request, nodes);
    if (flight !== undefined) roster.put(flight);
    return flight !== undefined;
  };
  const delayOf = ({ name }: FlightRequest): number => {
    const flight = served.get(name);
    const least = alone.get(name);
    if (least === undefined) return 0;
    return flight === undefined ? Number.POSITIVE_INFINITY : flight.cost - least.cost;
  };
  return {
    order: (most, tried) => {
      let order = inOrderOfDeadline(requests, alone);
      let best: { readonly flights: readonly Flight[]; readonly cost: number } | undefined;
      for (let attempt = 0; attempt < most; attempt++) {
        roster.replaceAll([]);
        const refused = new Set(order.filter(request => !serve(request)));
        const flights = [...served.values()];
        const cost = costOf(flights);
        const more = flights.length - (best?.flights.length ?? -1);
        if (more > 0 || (more === 0 && cost < (best?.cost ?? 0))) best = { flights, cost };
        tried(attempt + 1);
        if (refused.size === 0) break;
        order = [...refused, ...order.filter(request => !refused.has(request))];
      }
      roster.replaceAll(best?.flights ?? []);
    },
    repair: random => {
      roster.begin();
      const group = neighbourhood(planner, requests, alone, delayOf, random);
      const before = group.flatMap(({ name }) => roster.remove(name) ?? []);
      for (const request of random.shuffled(group)) serve(request);
      const after = group.flatMap(({ name }) => served.get(name) ?? []);
      const better = after.length > before.length || (after.length === before.length && costOf(after) < costOf(before));
      if (!better) roster.rollBack(0);
    },
    isOptimal: () => requests.every(request => delayOf(request) <= 1e-6),
    outcome: () => {
      const flights = problem.requests.flatMap(({ name }) => served.get(name) ?? []);
      const bound = costOf(flights.flatMap(({ name }) => alone.get(name) ?? []));
      const refused = problem.requests.filter(({ name }) => !served.has(name));
      return { flights, refused, cost: costOf(flights), boundCost: bound, expansions: roster.expansions() };
    },
  };
}

/** The cheapest flight of each request in a sky of its own; requests that have none are left out. */
function aloneFlights(problem: AirspaceProblem, nodes: number): Map<string, Flight> {
  const sky = createPlanner(problem, { withoutFlights: true });
  const flights = new Map<string, Flight>();
  for (const request of problem.requests) {
    const answer = sky.find(request, { nodes });
    if (answer.kind === 'found') flights.set(request.name, answer.flight);
  }
  return flights;
}

/**
 * Whoever has least time to spare first; where there are no deadlines whoever flies least, since vehicles that stay at
 * their goals stand in the way of longer flights least.
 */
function inOrderOfDeadline(requests: readonly FlightRequest[], alone: ReadonlyMap<string, Flight>): FlightRequest[] {
  const cost = ({ name }: FlightRequest): number => alone.get(name)?.cost ?? 0;
  const key = (request: FlightRequest): number => request.deadline ?? Number.MAX_VALUE;
  return [...requests].sort((a, b) => key(a) - key(b) || cost(a) - cost(b));
}

/** A refused or delayed request, those in the way of its cheapest flight, and others at random up to a few. */
function neighbourhood(
  planner: Planner,
  requests: readonly FlightRequest[],
  alone: ReadonlyMap<string, Flight>,
  delayOf: (request: FlightRequest) => number,
  random: Random,
): FlightRequest[] {
  const size = random.integer(2, 9);
  const worst = requests.filter(request => delayOf(request) > 1e-6);
  const first = worst.length > 0 && random.next() < 0.9 ? random.pick(worst) : random.pick(requests);
  const flight = alone.get(first.name);
  const names = new Set([first.name]);
  const inTheWay = flight === undefined ? [] : random.shuffled(blockersOf(planner, flight).flights);
  for (const name of inTheWay) if (names.size < size) names.add(name);
  for (let tries = 0; names.size < Math.min(size, requests.length) && tries < size; tries++) {
    names.add(random.pick(requests).name);
  }
  return requests.filter(({ name }) => names.has(name));
}
