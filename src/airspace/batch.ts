import { createRandom, type Progress, type Random } from '../base/index.ts';
import { blockersOf } from './blockers.ts';
import { groupsAt, holdsIn, padWindows } from './pad-neighbours.ts';
import { createPlanner, type Planner } from './planner.ts';
import type { AirspaceProblem, Flight, FlightRequest } from './problem.ts';
import { costOf, createRoster, type Roster } from './roster.ts';

export interface BatchOptions {
  readonly seed: number;
  /** Rounds of repair; absent: twenty for each request that is refused at first, 200 at least and 4,000 at most. */
  readonly repairs?: number;
  readonly nodes: number;
  readonly progress: Progress;
}

/** Labels that are expanded in one search of a repair. */
const nodesPerSearch = 20_000;

/**
 * Repairs a plan of deliveries, all requests being known: large-neighbourhood search after Li, Chen, Harabor, Stuckey
 * and Koenig, "Anytime Multi-Agent Path Finding via Large Neighborhood Search" (2021). We depart from it in that
 * neighbourhoods are those of a refused request: neighbours at the pads that it needs, whose idle times would do for it
 * together, and those in the way of its cheapest flight. A round is kept if it serves more, or as many at no more cost.
 * Never serves fewer than the flights that it begins with.
 */
export function repairTogether(problem: AirspaceProblem, flights: readonly Flight[], options: BatchOptions): Roster {
  const roster = createRoster(problem);
  roster.replaceAll(flights);
  const random = createRandom(options.seed);
  const search = createRepair(problem, roster, random, Math.min(options.nodes, nodesPerSearch));
  const rounds = options.repairs ?? Math.min(4000, Math.max(200, 20 * search.refused().length));
  options.progress.phase('repairing plans', rounds);
  for (let round = 0; round < rounds && search.refused().length > 0; round++) {
    search.repair();
    options.progress.advance(round + 1);
  }
  options.progress.end();
  return roster;
}

/** Serves all in order of deadlines: in a batch, another plan to begin with. */
export function serveByDeadline(problem: AirspaceProblem, nodes: number): Roster {
  const roster = createRoster(problem);
  const due = ({ deadline = Number.POSITIVE_INFINITY, roundTrip }: FlightRequest): number =>
    Math.min(deadline, roundTrip?.deadline ?? Number.POSITIVE_INFINITY);
  const order = [...roster.requests.values()].sort((a, b) => compare(due(a), due(b)) || a.earliest - b.earliest);
  for (const request of order) {
    const flight = roster.find(request, nodes);
    if (flight !== undefined) roster.put(flight);
  }
  return roster;
}

function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

interface Repair {
  /** Requests that may be served if they were alone, and are not. */
  refused(): readonly FlightRequest[];
  repair(): void;
}

/** Ways to choose who is taken out for a request, with a weight that grows with what they bring. */
interface Neighbourhood {
  weight: number;
  choose(request: FlightRequest): readonly string[];
}

function createRepair(problem: AirspaceProblem, roster: Roster, random: Random, nodes: number): Repair {
  const { planner, requests, served } = roster;
  const alone = createPlanner(problem, { withoutFlights: true });
  const aloneFlights = new Map<string, Flight | undefined>();
  const aloneOf = (request: FlightRequest): Flight | undefined => {
    if (!aloneFlights.has(request.name)) {
      const answer = alone.find(request, { nodes });
      aloneFlights.set(request.name, answer.kind === 'found' ? answer.flight : undefined);
    }
    return aloneFlights.get(request.name);
  };
  const refused = (): FlightRequest[] =>
    [...requests.values()].filter(request => !served.has(request.name) && aloneOf(request) !== undefined);
  const tries = new Map<string, number>();
  const ways = neighbourhoods(planner, aloneOf, random, name => served.has(name));
  return {
    refused,
    repair: () => {
      // Who was tried least comes first; of two, either.
      const open = random.shuffled(refused()).sort((a, b) => (tries.get(a.name) ?? 0) - (tries.get(b.name) ?? 0));
      const [first] = open;
      if (first === undefined) return;
      tries.set(first.name, (tries.get(first.name) ?? 0) + 1);
      const way = drawWay(ways, random);
      const group = way.choose(first).flatMap(name => (served.has(name) ? (requests.get(name) ?? []) : []));
      const gain = replan(roster, [first, ...group], nodes, random);
      way.weight = Math.max(0.05, 0.9 * way.weight + (gain === 'more' ? 1 : gain === 'cheaper' ? 0.1 : 0));
    },
  };
}

/** Takes a group out and puts it in again in a random order, the first either first or by its deadline. */
function replan(
  roster: Roster,
  group: readonly FlightRequest[],
  nodes: number,
  random: Random,
): 'more' | 'cheaper' | undefined {
  roster.begin();
  const before = group.flatMap(({ name }) => roster.remove(name) ?? []);
  const jitter = random.pick([0, 30, 120]);
  const due = new Map(group.map(request => [request, dueOf(request) + jitter * random.next()]));
  const byDeadline = [...group].sort((a, b) => compare(due.get(a) ?? 0, due.get(b) ?? 0));
  const [first] = group;
  const order =
    random.next() < 0.5 ? byDeadline : [...group.slice(0, 1), ...byDeadline.filter(request => request !== first)];
  const after: Flight[] = [];
  for (const [index, request] of order.entries()) {
    const flight = roster.find(request, nodes);
    if (flight !== undefined) {
      roster.put(flight);
      after.push(flight);
    }
    if (after.length + group.length - index - 1 < before.length) break;
  }
  const isAsMany = after.length === before.length && costOf(after) <= costOf(before);
  if (after.length > before.length) return 'more';
  if (isAsMany) return costOf(after) < costOf(before) ? 'cheaper' : undefined;
  roster.rollBack(0);
  return undefined;
}

function dueOf({ deadline, earliest }: FlightRequest): number {
  return deadline ?? earliest + 3600;
}

/** At each pad it needs: neighbours that could move up, and neighbours at random; then those in its cheapest way. */
function neighbourhoods(
  planner: Planner,
  aloneOf: (request: FlightRequest) => Flight | undefined,
  random: Random,
  canGo: (name: string) => boolean,
): Neighbourhood[] {
  const atPad = (place: number, request: FlightRequest): readonly string[] => {
    const windows = padWindows(planner, request);
    const window = windows[Math.min(place, windows.length - 1)];
    if (window === undefined) return [];
    const groups = groupsAt(planner, window, [1, 2, 3, 5, 8], canGo);
    return groups[Math.min(groups.length - 1, Math.floor(groups.length * random.next() ** 2))] ?? [];
  };
  const near = (request: FlightRequest): readonly string[] =>
    padWindows(planner, request).flatMap(window => {
      const holds = holdsIn(planner, window);
      const size = random.integer(2, 7);
      const from = random.integer(0, Math.max(1, holds.length - size + 1));
      return holds.slice(from, from + size).map(({ name }) => name);
    });
  const way = (request: FlightRequest): readonly string[] => {
    const flight = aloneOf(request);
    return flight === undefined ? [] : random.shuffled(blockersOf(planner, flight).flights).slice(0, 8);
  };
  return [
    { weight: 1, choose: request => atPad(0, request) },
    { weight: 1, choose: request => atPad(1, request) },
    { weight: 1, choose: request => [...new Set([...atPad(0, request), ...atPad(1, request)])] },
    { weight: 1, choose: request => [...new Set(near(request))] },
    { weight: 1, choose: way },
  ];
}

function drawWay(ways: readonly Neighbourhood[], random: Random): Neighbourhood {
  let rest = random.next() * ways.reduce((total, { weight }) => total + weight, 0);
  for (const way of ways) {
    rest -= way.weight;
    if (rest < 0) return way;
  }
  return ways[ways.length - 1] as Neighbourhood;
}
