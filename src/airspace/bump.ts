import { blockersOf } from './blockers.ts';
import { stateOf } from './flight-state.ts';
import { groupsAt, padWindows } from './pad-neighbours.ts';
import { createPlanner, type Planner } from './planner.ts';
import {
  type AirspaceProblem,
  type Flight,
  type FlightMove,
  type FlightRequest,
  landingOf,
  takeOffOf,
} from './problem.ts';
import { findWithin, type Limits, type Roster } from './roster.ts';
import { submissionOf } from './submission.ts';

/** Lets requests in that have no route, by moving others that have not departed. */
export interface Bumper {
  /** Remembers when a flight takes off and lands as it is accepted first. */
  promise(flight: Flight): void;
  /** True if a request is in, and all that were before it are too; otherwise the sky is as it was, bit for bit. */
  letIn(request: FlightRequest): boolean;
  /** Who was moved, in order. */
  readonly moves: readonly FlightMove[];
}

/** Groups that are tried for one request, and labels that are expanded in one search for it. */
const mostGroups = 24;
const nodesPerSearch = 20_000;

/** Sizes of groups of neighbours at a pad, and how many may be moved in all at once. */
const sizes = [1, 2, 3, 5, 8];
const mostMoved = 8;

/**
 * Ejection chains: a few flights are taken out, the request is put in, and those taken out are put in again, who has to
 * land first before others. Whoever finds no way then may take others out in turn, once. A flight is moved only before
 * it departs, and never later than its first acceptance and its tolerance allow, however often it is moved.
 */
export function createBumper(problem: AirspaceProblem, roster: Roster, nodes: number): Bumper {
  const promises = new Map<string, FlightMove['promised']>();
  const moves: FlightMove[] = [];
  const most = Math.min(nodes, nodesPerSearch);
  const service = problem.pads.reduce((longest, { serviceSeconds }) => Math.max(longest, serviceSeconds), 0);
  let alone: Planner | undefined;

  const isMovable = (name: string, now: number): boolean => {
    const flight = roster.served.get(name);
    const request = roster.requests.get(name);
    return flight !== undefined && (request?.toleranceSeconds ?? 0) > 0 && takeOffOf(flight.legs[0] ?? noLeg) > now;
  };
  const limitsOf = (request: FlightRequest, now: number): Limits | undefined => {
    const promised = promises.get(request.name);
    if (promised === undefined) return undefined;
    const tolerance = request.toleranceSeconds ?? 0;
    return {
      takeOffFrom: now,
      takeOffBy: promised.takeOff + tolerance,
      landBy: promised.landings.map(time => time + tolerance),
    };
  };
  const dueOf = (request: FlightRequest, now: number): number => {
    const deadline = request.deadline ?? Number.POSITIVE_INFINITY;
    return Math.min(deadline, limitsOf(request, now)?.landBy[0] ?? Number.POSITIVE_INFINITY);
  };
  /** Who may have to go for a request: groups at its pads, then those in the way of its cheapest flight if alone. */
  const groupsFor = (request: FlightRequest, now: number, fixed: ReadonlySet<string>): (readonly string[])[] => {
    const canGo = (name: string): boolean => isMovable(name, now) && !fixed.has(name);
    // Nothing before now is looked at: what has landed may be forgotten.
    const atPads = padWindows(roster.planner, request).map(window => {
      const start = Math.max(window.start, now - Math.min(window.seconds, service));
      return groupsAt(roster.planner, { ...window, start }, sizes, canGo);
    });
    alone ??= createPlanner(problem, { withoutFlights: true });
    const limits = limitsOf(request, now);
    const free = limits === undefined ? alone.find(request, { nodes: most }) : findWithin(alone, request, most, limits);
    const onTheWay = free.kind === 'found' ? blockersOf(roster.planner, free.flight).flights : [];
    const groups: (readonly string[])[] =
      onTheWay.length > 0 && onTheWay.length <= mostMoved && onTheWay.every(canGo) ? [onTheWay] : [];
    const [landing = [], ...others] = atPads;
    // Both pads may be full.
    if (landing[0] && others[0]?.[0]) groups.push([...new Set([...landing[0], ...others[0][0]])]);
    for (let place = 0; groups.length < mostGroups && atPads.some(list => place < list.length); place++) {
      for (const list of atPads) if (list[place] !== undefined && groups.length < mostGroups) groups.push(list[place]);
    }
    return groups;
  };
  /** Puts requests in: the first, then those due first before others. Leaves the sky as it was if one finds no way. */
  const putAll = (
    requests: readonly FlightRequest[],
    now: number,
    depth: number,
    fixed: ReadonlySet<string>,
  ): boolean => {
    const mark = roster.mark();
    const [first, ...rest] = requests;
    const order = rest.sort((a, b) => dueOf(a, now) - dueOf(b, now));
    for (const request of first === undefined ? [] : [first, ...order]) {
      const flight = roster.find(request, most, limitsOf(request, now));
      if (flight === undefined) {
        const held = new Set([...fixed, ...requests.map(({ name }) => name)]);
        if (depth > 0 && makeRoom(request, now, depth - 1, held)) continue;
        roster.rollBack(mark);
        return false;
      }
      roster.put(flight);
    }
    return true;
  };
  const makeRoom = (request: FlightRequest, now: number, depth: number, fixed: ReadonlySet<string>): boolean => {
    for (const group of groupsFor(request, now, fixed).slice(0, depth > 0 ? mostGroups : 3)) {
      const mark = roster.mark();
      for (const name of group) roster.remove(name);
      const back = group.flatMap(name => roster.requests.get(name) ?? []);
      if (putAll([request, ...back], now, depth, fixed)) return true;
      roster.rollBack(mark);
    }
    return false;
  };
  return {
    moves,
    promise: ({ name, legs }) => {
      const [first = noLeg] = legs;
      promises.set(name, { takeOff: takeOffOf(first), landings: legs.map(landingOf) });
    },
    letIn: request => {
      roster.begin();
      if (!makeRoom(request, submissionOf(request), 1, new Set())) return false;
      for (const flight of roster.removed()) {
        const { name } = flight;
        const after = roster.served.get(name);
        const promised = promises.get(name);
        if (after === undefined || promised === undefined)
          throw new Error(`internal: ${name} was accepted and is lost`);
        const state = stateOf(flight, after);
        if (state === 're-timed' || state === 're-routed')
          moves.push({ flight: name, state, request: request.name, promised });
      }
      return true;
    },
  };
}

const noLeg = { vertices: [], arrivals: [], departures: [] };
