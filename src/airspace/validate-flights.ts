import type { AirNetwork } from './network.ts';
import { vertexCount } from './network.ts';
import {
  type AirspaceProblem,
  endOfLeg,
  type Flight,
  type FlightLeg,
  type FlightRequest,
  landingOf,
  type Place,
  takeOffOf,
} from './problem.ts';
import type { VehicleClass } from './vehicle.ts';
import { depthTolerance, roundingOf, show, type Violation, type ViolationKind, violationOf } from './violation.ts';

/** A flight that makes enough sense to ask where it is when. */
export interface SoundFlight {
  readonly flight: Flight;
  readonly vehicle: VehicleClass;
  /** Present where it serves a request of the problem. */
  readonly request?: FlightRequest;
  /** Present where it was accepted before, and is as it was or was planned again for zones that appeared. */
  readonly standing?: Standing;
}

/** What an accepted flight is not held to. */
export interface Standing {
  /** It may miss its deadlines. */
  readonly mayBeLate: boolean;
  /** Zones that it was accepted with: it is as it was, and not held to them again. */
  readonly oldZones: ReadonlySet<string>;
  /** Zones that it may be inside of until it has left them for the first time after `settledAt`. */
  readonly zones: ReadonlySet<string>;
  /** When what it had begun ends. */
  readonly settledAt: number;
}

/** Whether a flight has legs over vertices that exist at times that do not decrease. Adds what is wrong to `found`. */
export function isSound(problem: AirspaceProblem, flight: Flight, found: Violation[]): boolean {
  const before = found.length;
  const wrong = (kind: ViolationKind, message: string): void =>
    void found.push(violationOf(kind, flight.name, message));
  if (!problem.classes.some(({ name }) => name === flight.class))
    wrong('class', `is of no known class: ${flight.class}`);
  for (const place of [flight.from, flight.to, ...(flight.diverted === undefined ? [] : [flight.diverted])]) {
    if (!isKnownPlace(problem, place)) wrong('place', `names ${place}, which is ${placeKind(problem)} of the problem`);
  }
  const most = problem.mode === 'classic' ? 1 : 2;
  if (flight.legs.length === 0) wrong('legs', 'has no leg');
  if (flight.legs.length > most) wrong('legs', `has ${flight.legs.length} legs; there may be ${most} at most`);
  flight.legs.forEach(({ vertices, arrivals, departures }, index) => {
    const leg = `leg ${index + 1}`;
    if (vertices.length === 0) wrong('legs', `has no vertex in ${leg}`);
    if (arrivals.length !== vertices.length || departures.length !== vertices.length) {
      const counts = `${vertices.length} vertices, ${arrivals.length} arrivals and ${departures.length} departures`;
      wrong('legs', `has ${counts} in ${leg}; there must be as many of each`);
    }
    const unknown = vertices.find(vertex => !isVertex(problem.network, vertex));
    if (unknown !== undefined) {
      wrong('vertex', `goes through vertex ${unknown} in ${leg}; there are ${vertexCount(problem.network)}, from 0`);
    }
  });
  if (found.length === before) found.push(...checkOrder(flight));
  return found.length === before;
}

function placeKind({ mode }: AirspaceProblem): string {
  return mode === 'classic' ? 'no vertex' : 'no pad';
}

function isVertex(network: AirNetwork, vertex: number): boolean {
  return Number.isInteger(vertex) && vertex >= 0 && vertex < vertexCount(network);
}

function isKnownPlace(problem: AirspaceProblem, place: Place): boolean {
  if (problem.mode === 'classic') return typeof place === 'number' && isVertex(problem.network, place);
  return problem.pads.some(({ name }) => name === place);
}

/** Times are finite and never go back by more than rounding, legs included. */
function checkOrder(flight: Flight): Violation[] {
  let before = Number.NEGATIVE_INFINITY;
  for (const { vertices, arrivals, departures } of flight.legs) {
    for (let index = 0; index < vertices.length; index++) {
      for (const time of [arrivals[index], departures[index]]) {
        const at = `at vertex ${vertices[index]}`;
        if (!Number.isFinite(time)) return [violationOf('time', flight.name, `is ${at} at ${time}, which is no time`)];
        if (time < before - depthTolerance - roundingOf(time)) {
          const message = `is ${at} at ${show(time)} s, after it was elsewhere at ${show(before)} s`;
          return [violationOf('time', flight.name, message, time)];
        }
        before = Math.max(before, time);
      }
    }
  }
  return [];
}

/** What one flight breaks by itself: ways, times, limits, and what its request asks for. */
export function checkFlight(problem: AirspaceProblem, sound: SoundFlight): Violation[] {
  const { flight, vehicle, request } = sound;
  const mayBeLate = sound.standing?.mayBeLate ?? false;
  const legs = flight.legs.flatMap((leg, index) => checkLeg(problem, flight, vehicle, leg, index));
  return [
    ...legs,
    ...checkAirTime(sound),
    ...(request === undefined ? [] : checkRequest(problem, flight, request, mayBeLate)),
  ];
}

function checkLeg(
  { network, mode, pads }: AirspaceProblem,
  flight: Flight,
  vehicle: VehicleClass,
  { vertices, arrivals, departures }: FlightLeg,
  index: number,
): Violation[] {
  const found: Violation[] = [];
  const wrong = (kind: ViolationKind, message: string, time?: number): void =>
    void found.push(violationOf(kind, flight.name, message, time));
  const vertexOf = (place: Place): number | undefined =>
    mode === 'classic' ? Number(place) : pads.find(({ name }) => name === place)?.vertex;
  const ends = [index === 0 ? flight.from : flight.to, endOfLeg(flight, index)];
  const last = vertices.length - 1;
  const [first, goal] = ends.map(vertexOf);
  if (vertices[0] !== first) {
    wrong('place', `begins leg ${index + 1} at vertex ${vertices[0]}, not at ${ends[0]}`, arrivals[0]);
  }
  if (vertices[last] !== goal) {
    wrong('place', `ends leg ${index + 1} at vertex ${vertices[last]}, not at ${ends[1]}`, departures[last]);
  }
  if (mode === 'classic' && arrivals[0] !== 0) {
    wrong('take-off', `is at its start from ${show(arrivals[0])} s on; it must be there from 0 s`, arrivals[0]);
  }
  for (let stop = 0; stop <= last; stop++) {
    const [vertex, arrival, departure] = [vertices[stop], arrivals[stop], departures[stop]];
    const slack = depthTolerance + roundingOf(departure);
    const isParked = mode === 'classic' && stop === last;
    if (departure > arrival + slack && network.hover[vertex] !== 1 && !isParked) {
      const message = `hovers at vertex ${vertex} from ${show(arrival)} to ${show(departure)} s, where nothing may`;
      wrong('hover', message, arrival);
    }
    if (stop === last) continue;
    const next = vertices[stop + 1];
    const way = `from vertex ${vertex} to ${next}`;
    if (!hasEdge(network, vertex, next)) {
      wrong('edge', `flies ${way} at ${show(departure)} s, where there is no edge`, departure);
      continue;
    }
    const taken = arrivals[stop + 1] - departure;
    const needed = secondsBetween(network, vehicle, vertex, next);
    if (!(Math.abs(taken - needed) <= depthTolerance + roundingOf(arrivals[stop + 1]))) {
      wrong('edge time', `takes ${show(taken)} s ${way}; class ${vehicle.name} takes ${show(needed)} s`, departure);
    }
  }
  return found;
}

function hasEdge({ edgeOffsets, edgeTargets }: AirNetwork, from: number, to: number): boolean {
  for (let edge = edgeOffsets[from]; edge < edgeOffsets[from + 1]; edge++) if (edgeTargets[edge] === to) return true;
  return false;
}

/** The slower of the level and the vertical movement. */
function secondsBetween({ x, y, z }: AirNetwork, vehicle: VehicleClass, from: number, to: number): number {
  const level = Math.hypot(x[to] - x[from], y[to] - y[from]);
  const rise = z[to] - z[from];
  const upright = rise > 0 ? rise / vehicle.climbMetresPerSecond : -rise / vehicle.descentMetresPerSecond;
  return Math.max(level / vehicle.speedMetresPerSecond, upright);
}

/** Each leg alone, or all together where the vehicle is not recharged at the stop. */
function checkAirTime({ flight, vehicle, request }: SoundFlight): Violation[] {
  const limit = vehicle.airSeconds;
  if (limit === undefined) return [];
  const times = flight.legs.map(leg => landingOf(leg) - takeOffOf(leg));
  const isTogether = request?.roundTrip?.recharge === false;
  const spans = isTogether ? [times.reduce((total, time) => total + time, 0)] : times;
  return spans.flatMap((span, index) => {
    const leg = flight.legs[isTogether ? flight.legs.length - 1 : index];
    const landing = landingOf(leg);
    if (span <= limit + depthTolerance + roundingOf(landing)) return [];
    const what = isTogether ? 'in all its legs' : `in leg ${index + 1}`;
    const message = `is in the air for ${show(span)} s ${what}; class ${vehicle.name} may for ${show(limit)} s`;
    return [violationOf('air time', flight.name, message, landing)];
  });
}

/** What the request asks for, and what it costs. */
function checkRequest(
  problem: AirspaceProblem,
  flight: Flight,
  request: FlightRequest,
  mayBeLate: boolean,
): Violation[] {
  const found: Violation[] = [];
  const wrong = (kind: ViolationKind, message: string, time?: number): void =>
    void found.push(violationOf(kind, flight.name, message, time));
  if (flight.class !== request.class) wrong('class', `is of class ${flight.class}; ${request.class} was asked for`);
  if (flight.from !== request.from) wrong('place', `starts from ${flight.from}; ${request.from} was asked for`);
  if (flight.to !== request.to) wrong('place', `goes to ${flight.to}; ${request.to} was asked for`);
  const { roundTrip, earliest } = request;
  const legs = roundTrip === undefined ? 1 : 2;
  if (flight.legs.length !== legs && (flight.diverted === undefined || flight.legs.length > legs)) {
    wrong('legs', `has ${flight.legs.length} of ${legs} legs`);
    return found;
  }
  const [out, back] = flight.legs;
  const takeOff = takeOffOf(out);
  const isClassic = problem.mode === 'classic';
  if (!isClassic && takeOff < earliest - depthTolerance) {
    wrong('take-off', `takes off at ${show(takeOff)} s; earliest is ${show(earliest)} s`, takeOff);
  }
  const checkDeadline = (leg: FlightLeg, deadline: number | undefined): void => {
    const landing = landingOf(leg);
    if (mayBeLate || deadline === undefined || landing <= deadline + depthTolerance) return;
    wrong('deadline', `lands at ${show(landing)} s; the deadline is ${show(deadline)} s`, landing);
  };
  checkDeadline(out, request.deadline);
  let groundSeconds = isClassic ? 0 : takeOff - earliest;
  if (back !== undefined) {
    checkDeadline(back, roundTrip?.deadline);
    const service = problem.pads.find(({ name }) => name === flight.to)?.serviceSeconds ?? 0;
    const least = roundTrip?.stopSeconds ?? service;
    const stop = takeOffOf(back) - landingOf(out);
    if (stop < least - depthTolerance - roundingOf(takeOffOf(back))) {
      wrong('stop', `stays on ${flight.to} for ${show(stop)} s; ${show(least)} s are needed`, landingOf(out));
    }
    groundSeconds += stop - least;
  }
  return [...found, ...checkCost(problem, flight, groundSeconds)];
}

/** In classic mode every second costs 1. */
function checkCost({ mode, prices }: AirspaceProblem, flight: Flight, groundSeconds: number): Violation[] {
  const hoverPrice = mode === 'classic' ? 1 : prices.hover;
  let [moving, hovering] = [0, 0];
  for (const { arrivals, departures } of flight.legs) {
    arrivals.forEach((arrival, index) => {
      hovering += departures[index] - arrival;
      if (index > 0) moving += arrival - departures[index - 1];
    });
  }
  const cost = prices.ground * groundSeconds + moving + hoverPrice * hovering;
  if (Math.abs(cost - flight.cost) <= 1e-6) return [];
  const message = `says that it costs ${show(flight.cost)}; its times make ${show(cost)}`;
  return [violationOf('cost', flight.name, message)];
}
