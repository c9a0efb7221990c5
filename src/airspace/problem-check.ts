import { type Diagnostic, nearestName } from '../base/index.ts';
import { throwFaults } from './json-fields.ts';
import { type ExplicitSource, vertexCount } from './network.ts';
import type { AirspaceProblem, Flight, FlightRequest, Place } from './problem.ts';
import { type Report, reportTo } from './problem-report.ts';
import { checkFrame, checkZones } from './zone-check.ts';

/**
 * Checks that a problem means something: names that exist and are unique, places on the network and near the frame's
 * origin, zones that have an inside, windows and deadlines that do not end before they start, and quantities of the right
 * sign. Throws SK60.. diagnostics, up to twenty, with the path of each place and the file if it is of one.
 */
export function checkAirspaceProblem(problem: AirspaceProblem, file?: string): void {
  const found: Diagnostic[] = [];
  const report = reportTo(found, file);
  checkHead(problem, report);
  checkFrame(problem, report);
  checkNames(problem, report);
  checkClasses(problem, report);
  checkPads(problem, report);
  checkZones(problem.zones, report);
  problem.flights.forEach((flight, index) => {
    checkAcceptedFlight(problem, flight, `flights[${index}]`, report);
  });
  problem.requests.forEach((request, index) => {
    checkRequest(problem, request, `requests[${index}]`, report);
  });
  throwFaults(found);
}

/** Checks a graph that is written out before a network is made of it. Throws SK60.. diagnostics. */
export function checkGraph({ vertices, edges, noHover = [], names }: ExplicitSource, file?: string): void {
  const found: Diagnostic[] = [];
  const report = reportTo(found, file);
  const has = (vertex: number): boolean => Number.isInteger(vertex) && vertex >= 0 && vertex < vertices.length;
  const next = `name one of the ${vertices.length} vertices, counted from 0`;
  vertices.forEach((place, index) => {
    if (place.every(Number.isFinite)) return;
    report('SK6004', `network.vertices[${index}]`, `is [${place.join(', ')}]`, 'give three finite numbers of metres');
  });
  edges.forEach((edge, index) => {
    for (const vertex of edge) {
      if (!has(vertex)) report('SK6005', `network.edges[${index}]`, `names vertex ${vertex}`, next);
    }
  });
  noHover.forEach((vertex, index) => {
    if (!has(vertex)) report('SK6005', `network.noHover[${index}]`, `is vertex ${vertex}`, next);
  });
  if (names !== undefined && names.length !== vertices.length) {
    const fault = `has ${names.length} names for ${vertices.length} vertices`;
    report('SK6001', 'network.names', fault, 'give every vertex a name, or none');
  }
  throwFaults(found);
}

function checkHead({ epoch, prices, separation }: AirspaceProblem, report: Report): void {
  const isDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?/.test(epoch) && Number.isFinite(Date.parse(epoch));
  if (!isDate || !/(Z|[+-]\d\d:\d\d)$/.test(epoch)) {
    const fault = `is ${epoch}, ${isDate ? 'which leaves open in which time zone' : 'which is no ISO 8601 time'}`;
    report('SK6012', 'epoch', fault, 'write it like 2026-08-09T17:00:00+08:00');
  }
  for (const key of ['bufferMetres', 'bufferSeconds'] as const) {
    checkQuantity(`separation.${key}`, separation[key], 'from 0 on', report);
  }
  for (const key of ['ground', 'hover'] as const) {
    if (prices[key] >= 0 && Number.isFinite(prices[key])) continue;
    report('SK6013', `prices.${key}`, `is ${prices[key]}`, 'give a finite number of at least 0');
  }
  if (prices.ground > prices.hover) {
    const fault = `is ${prices.ground}, more than prices.hover, ${prices.hover}: vehicles would take off only to hover`;
    report('SK6013', 'prices.ground', fault, `lower it to ${prices.hover} at most`);
  }
}

function checkQuantity(path: string, value: number | undefined, range: 'above 0' | 'from 0 on', report: Report): void {
  if (value === undefined) return;
  if (Number.isFinite(value) && (range === 'above 0' ? value > 0 : value >= 0)) return;
  report('SK6007', path, `is ${value}`, `give a finite number ${range}`);
}

function checkNames(problem: AirspaceProblem, report: Report): void {
  const check = (lists: readonly (readonly [string, readonly { readonly name: string }[]])[]): void => {
    const first = new Map<string, string>();
    for (const [key, list] of lists) {
      list.forEach(({ name }, index) => {
        const path = `${key}[${index}].name`;
        const before = first.get(name);
        if (before === undefined) first.set(name, path);
        else report('SK6009', path, `is ${JSON.stringify(name)}, as ${before} is`, 'give each a name of its own');
      });
    }
  };
  check([['classes', problem.classes]]);
  check([['pads', problem.pads]]);
  check([['zones', problem.zones]]);
  // A request of the name of an accepted flight would be served twice.
  check([
    ['flights', problem.flights],
    ['requests', problem.requests],
  ]);
}

function checkClasses({ classes }: AirspaceProblem, report: Report): void {
  if (classes.length === 0) report('SK6001', 'classes', 'is empty', 'describe at least one class of vehicles');
  classes.forEach((vehicle, index) => {
    for (const key of [
      'radiusMetres',
      'halfHeightMetres',
      'speedMetresPerSecond',
      'climbMetresPerSecond',
      'descentMetresPerSecond',
      'airSeconds',
    ] as const) {
      checkQuantity(`classes[${index}].${key}`, vehicle[key], 'above 0', report);
    }
  });
}

function checkPads(problem: AirspaceProblem, report: Report): void {
  problem.pads.forEach(({ vertex, serviceSeconds }, index) => {
    checkVertex(problem, vertex, `pads[${index}].vertex`, report);
    checkQuantity(`pads[${index}].serviceSeconds`, serviceSeconds, 'from 0 on', report);
  });
}

/** Whether a vertex is one of the network. */
function checkVertex({ network }: AirspaceProblem, vertex: Place, path: string, report: Report): boolean {
  const count = vertexCount(network);
  if (typeof vertex === 'number' && Number.isInteger(vertex) && vertex >= 0 && vertex < count) return true;
  const next = `name one of the ${count} vertices, counted from 0`;
  report('SK6005', path, `is ${JSON.stringify(vertex)}, which is off the network`, next);
  return false;
}

/** The class and the places of a flight or a request. */
function checkReferences(
  problem: AirspaceProblem,
  thing: Pick<Flight, 'class' | 'from' | 'to'>,
  path: string,
  report: Report,
): void {
  const unknown = (key: string, list: string, name: Place, names: readonly string[]): void => {
    if (typeof name === 'string' && names.includes(name)) return;
    const nearest = nearestName(String(name), names, 3);
    const next = nearest === undefined ? `add it to \`${list}\`` : `write ${JSON.stringify(nearest)}`;
    report('SK6006', `${path}.${key}`, `is ${JSON.stringify(name)}, which none of the ${list} is called`, next);
  };
  const classes = problem.classes.map(({ name }) => name);
  unknown('class', 'classes', thing.class, classes);
  if (problem.mode === 'classic') {
    checkVertex(problem, thing.from, `${path}.from`, report);
    checkVertex(problem, thing.to, `${path}.to`, report);
    return;
  }
  const pads = problem.pads.map(({ name }) => name);
  unknown('from', 'pads', thing.from, pads);
  unknown('to', 'pads', thing.to, pads);
}

function checkRequest(problem: AirspaceProblem, request: FlightRequest, path: string, report: Report): void {
  checkReferences(problem, request, path, report);
  const { earliest, deadline = Number.POSITIVE_INFINITY, submitted, toleranceSeconds, roundTrip } = request;
  if (!Number.isFinite(earliest)) report('SK6008', `${path}.earliest`, `is ${earliest}`, 'give a finite number');
  if (earliest < 0) {
    const next = 'move it to time 0 or later, or let the epoch be earlier';
    report('SK6008', `${path}.earliest`, `is ${earliest} s, in the past of the epoch`, next);
  }
  const order = (key: string, late: number | undefined, before: string, time: number | undefined): void => {
    if (late === undefined || time === undefined || late >= time) return;
    report('SK6008', `${path}.${key}`, `is ${late} s, before ${before}, ${time} s`, `let it be later than ${before}`);
  };
  order('deadline', deadline, 'earliest', earliest);
  order('deadline', deadline, 'submitted', submitted);
  if (roundTrip !== undefined) {
    order('roundTrip.deadline', roundTrip.deadline, 'earliest', earliest);
    order('roundTrip.deadline', roundTrip.deadline, 'submitted', submitted);
    checkQuantity(`${path}.roundTrip.stopSeconds`, roundTrip.stopSeconds, 'from 0 on', report);
    if (problem.mode === 'classic') {
      report('SK6001', `${path}.roundTrip`, 'is there in classic mode, which has one leg', 'leave it out');
    }
  }
  checkQuantity(`${path}.toleranceSeconds`, toleranceSeconds, 'from 0 on', report);
}

/** Its references, and legs along edges of the network at times that do not go back. */
function checkAcceptedFlight(problem: AirspaceProblem, flight: Flight, path: string, report: Report): void {
  checkReferences(problem, flight, path, report);
  const { edgeOffsets, edgeTargets } = problem.network;
  const most = problem.mode === 'classic' ? 1 : 2;
  if (flight.legs.length === 0 || flight.legs.length > most) {
    report('SK6001', `${path}.legs`, `has ${flight.legs.length} legs`, `give 1${most === 2 ? ' or 2' : ''}`);
  }
  flight.legs.forEach(({ vertices, arrivals, departures }, index) => {
    const leg = `${path}.legs[${index}]`;
    if (vertices.length === 0 || arrivals.length !== vertices.length || departures.length !== vertices.length) {
      const fault = `has ${vertices.length} vertices, ${arrivals.length} arrivals and ${departures.length} departures`;
      report('SK6001', leg, fault, 'give as many of each, at least one');
      return;
    }
    const areKnown = vertices.every((vertex, stop) => checkVertex(problem, vertex, `${leg}.vertices[${stop}]`, report));
    if (!areKnown) return;
    for (let stop = 0; stop + 1 < vertices.length; stop++) {
      const [from, to] = [vertices[stop], vertices[stop + 1]];
      if (edgeTargets.subarray(edgeOffsets[from], edgeOffsets[from + 1]).includes(to)) continue;
      const fault = `goes from vertex ${from} to ${to}, between which there is no edge`;
      report('SK6005', leg, fault, 'add the edge to the network, or plan the flight again');
    }
    const times = arrivals.flatMap((arrival, stop) => [arrival, departures[stop]]);
    const wrong = times.findIndex((time, at) => !Number.isFinite(time) || time < (times[at - 1] ?? time) - 1e-6);
    if (wrong < 0) return;
    const fault = `has ${times[wrong]} s after ${times[wrong - 1] ?? 'nothing'}`;
    report('SK6008', leg, fault, 'give times that are finite and do not go back');
  });
}
