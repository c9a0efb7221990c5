import type { AroundZones } from './around-zones.ts';
import { airCost, type FlightProgress, joinLegs, movingSeconds, upToStop } from './flight-progress.ts';
import { takeOffWindows } from './pad-windows.ts';
import type { Answer, Planner } from './planner.ts';
import {
  endOfLeg,
  type Flight,
  type FlightLeg,
  type FlightRequest,
  landingOf,
  type Place,
  serviceSecondsOf,
  takeOffOf,
  type Zone,
} from './problem.ts';
import { withoutDeadlines } from './refusals.ts';
import type { BegunRoute, RouteLeg, RouteQuery } from './route-query.ts';

/** A flight that is to be planned again. */
export interface ReplanTask {
  readonly flight: Flight;
  readonly progress: FlightProgress;
  /** Zones that it meets. */
  readonly zones: readonly Zone[];
  readonly entry: number;
  readonly request: FlightRequest;
  /** What it costs beyond what its times say: of flights whose requests are not known. */
  readonly extraCost: number;
}

/** Where a flight in the air goes on: at the last vertex of what is settled of its leg. */
export interface Position {
  readonly leg: number;
  readonly flown: FlightLeg;
  readonly time: number;
}

export interface Goal {
  /** Present where it is to land somewhere else than its request says. */
  readonly to?: Place;
  /** Whether deadlines hold. */
  readonly deadlines: boolean;
}

/** What goes for all searches of one change. */
export interface SearchLimits {
  readonly now: number;
  /** Labels that may be expanded in one search. */
  readonly nodes: number;
  /** Knows how far it is around the zones; absent where that is not worth while. */
  readonly around?: AroundZones;
}

export interface Found {
  readonly flight?: Flight;
  readonly gaveUp: boolean;
  readonly expansions: number;
}

/** Labels that may be expanded in looking for a way around zones, and for a better one where there is one. */
const nodesAround = 5000;

/** A flight and its request; where there is none, one that says what is known: when it takes off, and its stop. */
export function createTask(
  planner: Planner,
  asked: FlightRequest | undefined,
  meeting: Pick<ReplanTask, 'flight' | 'progress' | 'zones' | 'entry'>,
): ReplanTask {
  const { flight } = meeting;
  const [first, second] = flight.legs as [FlightLeg, FlightLeg?];
  const stop = second === undefined ? 0 : takeOffOf(second) - landingOf(first);
  const known: FlightRequest = {
    name: flight.name,
    class: flight.class,
    from: flight.from,
    to: flight.to,
    earliest: takeOffOf(first),
    ...(second === undefined ? {} : { roundTrip: { stopSeconds: stop } }),
  };
  const { roundTrip, ...oneWay } = asked ?? known;
  const request = second === undefined ? { ...oneWay, to: endOfLeg(flight, 0) } : (asked ?? known);
  const { prices } = planner.problem;
  let cost = prices.ground * (takeOffOf(first) - request.earliest) + airCost(first, prices);
  if (second !== undefined) {
    cost += prices.ground * (stop - stopSecondsOf(planner, request)) + airCost(second, prices);
  }
  return { ...meeting, request, extraCost: asked === undefined ? flight.cost - cost : 0 };
}

/** Where a flight in the air goes on by itself. */
export function positionOf({ flight, progress }: ReplanTask): Position {
  if (progress.kind !== 'flying') throw new Error(`internal: ${flight.name} is not in the air`);
  const { leg, stop, time } = progress;
  return { leg, time, flown: upToStop(flight.legs[leg] as FlightLeg, stop, time) };
}

/**
 * The cheapest way to go on from how far a flight is at `now`: all that is flown stays, and counts in its cost and its
 * air time. Before take-off it is on no pad, and its pad is held for the service again, unless that has begun.
 */
export function searchOn(
  planner: Planner,
  task: ReplanTask,
  position: Position | undefined,
  goal: Goal,
  limits: SearchLimits,
): Found {
  const { now } = limits;
  const { flight, progress } = task;
  const leg = position?.leg ?? (progress.kind === 'stopped' ? 1 : 0);
  // Diverted before, it goes on to where it was diverted to.
  const to = goal.to ?? (leg === 1 ? flight.diverted : undefined);
  const { roundTrip, ...oneWay } = withoutDeadlines(task.request);
  const open = goal.deadlines ? task.request : withoutDeadlines(task.request);
  const request = to === undefined ? open : { ...oneWay, to };
  const skipped = to === undefined ? leg : 0;
  const begin = (query: RouteQuery): RouteQuery => {
    if (position === undefined && progress.kind === 'waiting')
      return { ...query, takeOffs: takeOffs(planner, task, now) };
    const [first, ...later] = query.legs.slice(skipped) as [RouteLeg, ...RouteLeg[]];
    const limitTogether = task.request.roundTrip?.recharge === false;
    const begun = begunOf(planner, task, leg);
    const rest = { ...query, limitTogether };
    if (position === undefined) return { ...rest, legs: [first], takeOffs: [stay(planner, task, now)], begun };
    const start = position.flown.vertices.at(-1) as number;
    const takeOff = takeOffOf(position.flown);
    const moving = Math.min(movingSeconds(position.flown), position.time - takeOff);
    const airborne = { time: position.time, takeOff, moving };
    return { ...rest, legs: [{ ...first, start }, ...later], takeOffs: [], begun: { ...begun, airborne } };
  };
  const answer = findAround(planner, request, begin, limits);
  const { expansions } = answer;
  if (answer.kind !== 'found') return { gaveUp: answer.kind === 'gave-up', expansions };
  const [found, ...later] = answer.flight.legs as [FlightLeg, ...FlightLeg[]];
  const joined = position === undefined ? found : joinLegs(position.flown, found);
  const { name, from } = flight;
  const whole: Flight = {
    name,
    class: flight.class,
    from,
    to: flight.to,
    legs: [...flight.legs.slice(0, leg), joined, ...later],
    cost: answer.flight.cost + task.extraCost,
    ...divertedTo(goal.to ?? flight.diverted),
  };
  return { flight: whole, gaveUp: false, expansions };
}

/**
 * A flight past zones. Where every second costs the same and zones are closed already, two searches come first whose
 * bounds are much better. Around the zones, as if they stayed closed for ever: what lands before any flight through
 * them could is the cheapest of all. And to a goal inside, in time for when it can be reached at the earliest: no
 * flight lands before, and one that takes off sooner would only have to wait in the air. Otherwise all ways are
 * searched.
 */
function findAround(
  planner: Planner,
  request: FlightRequest,
  begin: (query: RouteQuery) => RouteQuery,
  { now, nodes, around }: SearchLimits,
): Answer {
  const { classes, prices } = planner.problem;
  const vehicle = classes.find(({ name }) => name === request.class);
  if (around === undefined || vehicle === undefined) return planner.find(request, { nodes, adjust: begin });
  const withProfiles = (query: RouteQuery): RouteQuery => ({
    ...query,
    legs: query.legs.map(leg => ({ ...leg, profile: around.profile(vehicle, leg) })),
  });
  const hasOnePrice = prices.ground === 1 && prices.hover === 1;
  if (!hasOnePrice || around.closes > now) {
    return planner.find(request, { nodes, adjust: query => withProfiles(begin(query)) });
  }
  let expansions = 0;
  let through = around.opens;
  let isGoalInside = false;
  const aside = planner.find(request, {
    nodes: Math.min(nodes, nodesAround),
    adjust: query => {
      const begun = begin(query);
      const [first, ...later] = begun.legs as [RouteLeg, ...RouteLeg[]];
      isGoalInside = around.isInside(first.goal);
      if (later.length === 0) through = around.landingThrough(first);
      // What is worked out with these bounds is of no use to others.
      const legs = begun.legs.map(({ anyTime, ...leg }) => ({
        ...leg,
        flight: around.flight(vehicle, leg),
        ...(anyTime === undefined ? {} : { anyTime: { ...anyTime, isOwn: true } }),
      }));
      return { ...begun, legs };
    },
  });
  expansions += aside.expansions;
  const landing = aside.kind === 'found' ? landingOf(aside.flight.legs.at(-1) as FlightLeg) : 0;
  if (aside.kind === 'found' && landing <= through) return aside;
  if (isGoalInside) {
    const inTime = planner.find(request, {
      nodes,
      adjust: query => withProfiles(onceOpen(begin(query), around)),
    });
    expansions += inTime.expansions;
    if (inTime.kind === 'found') return { ...inTime, expansions };
  }
  const most = aside.kind === 'found' ? Math.min(nodes, nodesAround) : nodes;
  const all = planner.find(request, {
    nodes: most,
    adjust: query => {
      const begun = withProfiles(begin(query));
      return isGoalInside && isTooLong(begun, around) ? { ...begun, begun: nothingBegun, takeOffs: [] } : begun;
    },
  });
  expansions += all.expansions;
  // Where all ways are too many to be looked at, the one around stands.
  if (all.kind !== 'found' && aside.kind === 'found') return { ...aside, expansions };
  return { ...all, expansions };
}

const nothingBegun: BegunRoute = { base: 0, spent: 0 };

/** Take-offs that get to a goal inside of zones no sooner than any flight can. */
function onceOpen(query: RouteQuery, around: AroundZones): RouteQuery {
  const [leg] = query.legs as [RouteLeg];
  if (query.begun?.airborne !== undefined) return { ...query, begun: nothingBegun, takeOffs: [] };
  const open = around.landingThrough(leg);
  const slot = leg.landings.find(({ end }) => end >= open);
  const least = Math.max(open, slot?.start ?? open) - leg.flight.at(leg.start);
  const takeOffs = query.takeOffs.flatMap(([start, end]) =>
    end < least ? [] : [[Math.max(start, least), end] as const],
  );
  return { ...query, takeOffs };
}

/** Whether a flight in the air cannot stay there until its goal can be reached. */
function isTooLong(query: RouteQuery, around: AroundZones): boolean {
  const { airborne, spent = 0 } = query.begun ?? {};
  const [leg] = query.legs as [RouteLeg];
  if (airborne === undefined || around.isInside(leg.start)) return false;
  return spent + around.landingThrough(leg) - airborne.takeOff > query.airSeconds;
}

function divertedTo(place: Place | undefined): Pick<Flight, 'diverted'> {
  return place === undefined ? {} : { diverted: place };
}

/** It flies no farther than to its stop. */
export function endAtStop(planner: Planner, { flight, request, extraCost }: ReplanTask): Flight {
  const first = flight.legs[0] as FlightLeg;
  const { prices } = planner.problem;
  const cost = prices.ground * (takeOffOf(first) - request.earliest) + airCost(first, prices) + extraCost;
  return { ...flight, legs: [first], cost, diverted: flight.to };
}

/** Once on its pad a vehicle may take off as it was to; before, the pad is held from `now` on at the earliest. */
function takeOffs(planner: Planner, { flight, request }: ReplanTask, now: number): RouteQuery['takeOffs'] {
  const { pads } = planner.problem;
  const index = pads.findIndex(({ name }) => name === request.from);
  const service = pads[index]?.serviceSeconds ?? 0;
  const least = Math.min(takeOffOf(flight.legs[0] as FlightLeg), now + service);
  return takeOffWindows(planner.occupancy.pads, index, service, Math.max(request.earliest, least));
}

/** When it may take off again from the pad of its stop: until the pad is another's. */
function stay(planner: Planner, task: ReplanTask, now: number): readonly [start: number, end: number] {
  const { pads } = planner.occupancy;
  const index = planner.problem.pads.findIndex(({ name }) => name === task.flight.to);
  pads.firstFree(index, landingOf(task.flight.legs[0] as FlightLeg));
  return [Math.max(readyAt(planner, task), now), pads.gapEnd];
}

/** When it is ready for its second leg. */
export function readyAt(planner: Planner, { flight, request }: ReplanTask): number {
  return landingOf(flight.legs[0] as FlightLeg) + stopSecondsOf(planner, request);
}

function stopSecondsOf(planner: Planner, { roundTrip, to }: FlightRequest): number {
  return roundTrip?.stopSeconds ?? serviceSecondsOf(planner.problem, to);
}

function begunOf(planner: Planner, task: ReplanTask, leg: number): BegunRoute {
  const { prices } = planner.problem;
  const { flight, request } = task;
  if (leg === 0) return { base: -prices.ground * request.earliest, spent: 0 };
  const first = flight.legs[0] as FlightLeg;
  const before = prices.ground * (takeOffOf(first) - request.earliest) + airCost(first, prices);
  const together = request.roundTrip?.recharge === false;
  return {
    base: before - prices.ground * readyAt(planner, task),
    spent: together ? landingOf(first) - takeOffOf(first) : 0,
  };
}
