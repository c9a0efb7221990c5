import { blockersOf } from './blockers.ts';
import { joinLegs } from './flight-progress.ts';
import type { Planner } from './planner.ts';
import { endOfLeg, type Flight, type FlightLeg, landingOf, type Pad, type Zone } from './problem.ts';
import {
  endAtStop,
  type Found,
  type Position,
  positionOf,
  type ReplanTask,
  type SearchLimits,
  searchOn,
} from './replan-search.ts';
import { quickestExit } from './zone-exit.ts';
import { isInZone } from './zone-times.ts';

/** What goes for all flights of one change. */
export interface ReplanContext extends SearchLimits {
  readonly planner: Planner;
  /** Counts labels. */
  expansions: number;
}

/** A flight found, and where it got out of zones that it was inside of. */
export interface Attempt {
  readonly flight?: Flight;
  readonly outAt?: number;
  readonly gaveUp: boolean;
}

/** From how many vertices outside of a zone a way on is looked for. */
const mostExits = 8;

/**
 * Plans a flight to where it was to go. One that has not departed keeps its deadlines; one that has does too if it can.
 * A vehicle inside of a zone that cannot be out before that closes flies out the quickest way and goes on from there,
 * unless it was to land before.
 */
export function planOn(context: ReplanContext, task: ReplanTask): Attempt {
  const { progress, request } = task;
  const open = request.deadline !== undefined || request.roundTrip?.deadline !== undefined;
  let gaveUp = false;
  const from = (position?: Position): Flight | undefined => {
    for (const deadlines of open && progress.kind !== 'waiting' ? [true, false] : [true]) {
      const found = search(context, task, position, { deadlines });
      if (found.flight !== undefined) return found.flight;
      gaveUp ||= found.gaveUp;
    }
    return undefined;
  };
  if (progress.kind !== 'flying') {
    const flight = from();
    return flight === undefined ? { gaveUp } : { flight, gaveUp };
  }
  const start = positionOf(task);
  const direct = from(start);
  if (direct !== undefined) return { flight: direct, gaveUp };
  for (const exit of exitsOf(context, task, start)) {
    if (landsBefore(context, task, start, exit)) return { flight: task.flight, outAt: landingAt(task, start), gaveUp };
    const flight = from(exit);
    if (flight !== undefined) return { flight, outAt: exit.time, gaveUp };
  }
  return { gaveUp };
}

/** Lands a flight that has departed at the nearest other pad that is free, or leaves it at its stop. */
export function divert(context: ReplanContext, task: ReplanTask): Attempt {
  if (task.progress.kind === 'stopped') return { flight: endAtStop(context.planner, task), gaveUp: false };
  const start = positionOf(task);
  let gaveUp = false;
  const from = (position: Position): Flight | undefined => {
    for (const pad of padsNear(context, task, position)) {
      const found = search(context, task, position, { to: pad.name, deadlines: false });
      if (found.flight !== undefined) return found.flight;
      gaveUp ||= found.gaveUp;
    }
    return undefined;
  };
  const direct = from(start);
  if (direct !== undefined) return { flight: direct, gaveUp };
  for (const exit of exitsOf(context, task, start)) {
    const flight = from(exit);
    if (flight !== undefined) return { flight, outAt: exit.time, gaveUp };
  }
  return { gaveUp };
}

function search(
  context: ReplanContext,
  task: ReplanTask,
  position: Position | undefined,
  goal: Parameters<typeof searchOn>[3],
): Found {
  const found = searchOn(context.planner, task, position, goal, context);
  context.expansions += found.expansions;
  return found;
}

/** Zones that a vehicle is inside of where it goes on, and that are closed then or later. */
function zonesAround({ planner }: ReplanContext, { zones }: ReplanTask, { flown, time }: Position): Zone[] {
  const { x, y, z } = planner.problem.network;
  const vertex = flown.vertices.at(-1) as number;
  return zones.filter(
    zone =>
      zone.windows.some(({ end }) => end > time) &&
      isInZone(zone, x[vertex] as number, y[vertex] as number, z[vertex] as number),
  );
}

/** Quickest ways out, to ever other vertices; none where it is inside of no zone. */
function* exitsOf(context: ReplanContext, task: ReplanTask, position: Position): Generator<Position> {
  const around = zonesAround(context, task, position);
  if (around.length === 0) return;
  const avoid = new Set<number>();
  const vertex = position.flown.vertices.at(-1) as number;
  for (let count = 0; count < mostExits; count++) {
    const { planner, nodes } = context;
    const out = quickestExit(planner, task.flight.class, around, vertex, position.time, avoid, nodes);
    if (out === undefined) return;
    avoid.add(out.vertices.at(-1) as number);
    yield { leg: position.leg, flown: joinLegs(position.flown, out), time: landingOf(out) };
  }
}

/** Whether a vehicle lands inside of the zones before it could be out, by the way that it was to fly. */
function landsBefore(context: ReplanContext, task: ReplanTask, start: Position, exit: Position): boolean {
  const { planner } = context;
  const { x, y, z } = planner.problem.network;
  const { legs } = task.flight;
  if (start.leg !== legs.length - 1 || landingAt(task, start) > exit.time) return false;
  const around = zonesAround(context, task, start);
  const rest = (legs[start.leg] as FlightLeg).vertices.slice(start.flown.vertices.length - 1);
  const staysInside = rest.every(vertex =>
    around.some(zone => isInZone(zone, x[vertex] as number, y[vertex] as number, z[vertex] as number)),
  );
  if (!staysInside) return false;
  const { flights, zones } = blockersOf(planner, task.flight);
  return flights.length === 0 && zones.every(name => around.some(zone => zone.name === name));
}

function landingAt({ flight }: ReplanTask, { leg }: Position): number {
  return landingOf(flight.legs[leg] as FlightLeg);
}

/** Other pads, the nearest first, as far as air time could reach in a straight line. */
function padsNear({ planner }: ReplanContext, { flight }: ReplanTask, { flown, time }: Position): Pad[] {
  const { network, pads, classes } = planner.problem;
  const vehicle = classes.find(({ name }) => name === flight.class);
  const here = flown.vertices.at(-1) as number;
  const spent = time - (flown.arrivals[0] as number);
  const left = (vehicle?.airSeconds ?? Number.POSITIVE_INFINITY) - spent;
  const goal = endOfLeg(flight, flight.legs.length - 1);
  const metres = (vertex: number): number =>
    Math.hypot(
      (network.x[vertex] as number) - (network.x[here] as number),
      (network.y[vertex] as number) - (network.y[here] as number),
    );
  return pads
    .filter(({ name, vertex }) => name !== goal && metres(vertex) / (vehicle?.speedMetresPerSecond ?? 1) <= left)
    .map(pad => ({ pad, away: metres(pad.vertex) }))
    .sort((a, b) => a.away - b.away)
    .map(({ pad }) => pad);
}
